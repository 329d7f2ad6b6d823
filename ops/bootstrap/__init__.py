"""What an AWS account needs before the first `pulumi up`: made once, by hand, and again without effect."""
