namespace ModelServer.ModelFiles;

/// <summary>A version cannot be served; the message is the reason shown in listings and names no path.</summary>
internal sealed class ModelLoadException(string message, Exception? inner = null) : Exception(message, inner);
