namespace ModelServer.Tokenization.Json;

/// <summary>A tokenizer asks for a part that this engine does not have. The message names the part.</summary>
internal sealed class UnsupportedTokenizerException(string message) : Exception(message);
