"""What each part's figures say, in Markdown and pictures."""
