"""The MotionBar page, served by the assistant: whatever phonebar it drives, the page runs it."""
