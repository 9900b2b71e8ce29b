namespace ModelServer.Constraints.Regex;

/// <summary>A part of a regular expression as it is written.</summary>
internal abstract record RegexNode;

internal sealed record RegexCharacter(CharacterSet Set) : RegexNode;

internal sealed record RegexSequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

internal sealed record RegexChoice(IReadOnlyList<RegexNode> Options) : RegexNode;

/// <param name="Max">Null for any number.</param>
internal sealed record RegexRepeat(RegexNode Part, int Min, int? Max) : RegexNode;

/// <param name="AtStart">Whether it stands for the beginning of the text, or for the end.</param>
internal sealed record RegexAnchor(bool AtStart) : RegexNode;
