namespace ModelServer.Models;

/// <summary>No model of that name, or not that version of it.</summary>
internal sealed class ModelNotFoundException(string reference) : Exception($"The model '{reference}' does not exist.");

/// <summary>The request names no model and there is no single right one, or the named one has another task.</summary>
internal sealed class ModelChoiceException(string message) : Exception(message);
