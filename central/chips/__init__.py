"""What the chips of cards prove, in bytes: messages of an NTAG 424 DNA, challenges, diversified keys."""
