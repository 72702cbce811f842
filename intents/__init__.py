"""What do they want? Pure: text and a clock in, understanding and the next turn out."""
