"""What the web studio costs in a browser: scrolling a storyboard, and how late an event is on the page."""
