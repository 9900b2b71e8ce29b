namespace ModelServer.Tokenization.Json;

/// <summary>A tokenizer's files contradict themselves or lack something. The message names the file's part and what is wrong.</summary>
internal sealed class InvalidTokenizerException(string message, Exception? inner = null) : Exception(message, inner);
