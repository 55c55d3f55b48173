"""Raw to desensitised: identities go, keys stay joinable, small details grow coarse."""
