namespace ServiceDefaults;

public static class ServiceDefaultsExtensions;
