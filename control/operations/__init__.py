"""What an operator asks: is it well, what does it count, what can it do."""
