namespace ModelServer.Admission;

/// <summary>The model exists but cannot answer now.</summary>
internal sealed class ModelNotReadyException(string message) : Exception(message);
