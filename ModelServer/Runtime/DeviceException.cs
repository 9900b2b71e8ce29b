namespace ModelServer.Runtime;

/// <summary>The device that was asked for cannot be used; the message says why and what to do, in plain words.</summary>
internal sealed class DeviceException(string message, Exception? inner = null) : Exception(message, inner);
