"""Creates what an AWS account needs before the first `pulumi up`. Running it again changes nothing."""
