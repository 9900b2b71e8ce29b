namespace ModelServer.Runtime;

/// <summary>A version does not fit into the memory that is left.</summary>
internal sealed class ModelMemoryException(string message) : Exception(message);
