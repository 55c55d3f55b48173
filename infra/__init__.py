"""What runs the platform: environments, engine, services, demo."""
