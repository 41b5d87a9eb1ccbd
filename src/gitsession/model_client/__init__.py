"""A model from the Hugging Face Hub, or on one's own machine: asked, and its answers checked. Imported only when asked for."""
