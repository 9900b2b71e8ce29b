namespace ModelServer.Tensors;

/// <summary>A graph that serves cannot run these tensors: their values or shapes do not suit it. The message is for the caller.</summary>
internal sealed class TensorsRefusedException(string message, Exception? inner = null) : Exception(message, inner);
