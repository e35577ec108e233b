"""What a security descriptor is: values only, nothing but the standard library."""
