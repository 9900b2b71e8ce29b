namespace ModelServer.Tokenization.Texts;

/// <summary>A half-open range of a text: in UTF-16 units, or in code points where said so.</summary>
internal readonly record struct TextSpan(int Start, int End);
