namespace ModelServer.Models;

/// <summary>A version cannot be served; the message is the reason shown in listings and names no path.</summary>
internal sealed class ModelLoadException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A version does not fit into the memory that is left.</summary>
internal sealed class ModelMemoryException(string message) : Exception(message);

/// <summary>No model of that name, or not that version of it.</summary>
internal sealed class ModelNotFoundException(string reference) : Exception($"The model '{reference}' does not exist.");

/// <summary>The model exists but cannot answer now.</summary>
internal sealed class ModelNotReadyException(string message) : Exception(message);

/// <summary>The state of a version does not allow what was asked.</summary>
internal sealed class ModelConflictException(string message) : Exception(message);

/// <summary>The request names no model and there is no single right one, or the named one has another task.</summary>
internal sealed class ModelChoiceException(string message) : Exception(message);
