"""A phonebar that speaks the vendor's API and knows nothing of the assistant."""
