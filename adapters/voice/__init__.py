"""Voice: the phone run by speaking, offline.

A recogniser is told what can be said now and hears samples; what it heard, with how sure it is and
how likely it is that none of it was said, goes to the assistant as any typed sentence does.
"""
