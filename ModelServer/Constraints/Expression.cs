namespace ModelServer.Constraints;

/// <summary>What a text may be. Texts are UTF-8: an expression stands for bytes, a set of characters for their encodings.</summary>
internal abstract record Expression
{
    /// <summary>Nothing at all.</summary>
    public static Expression Nothing { get; } = new SequenceExpression([]);

    public static Expression Text(string text) => new TextExpression(text);

    public static Expression Sequence(params IReadOnlyList<Expression> parts) => parts is [var only] ? only : new SequenceExpression(parts);

    public static Expression Choice(params IReadOnlyList<Expression> options) => options is [var only] ? only : new ChoiceExpression(options);

    public static Expression Optional(Expression part) => new RepeatExpression(part, 0, 1);

    public static Expression Repeat(Expression part, int min, int? max = null) => new RepeatExpression(part, min, max);

    public static Expression Rule(string name) => new RuleExpression(name);
}

internal sealed record TextExpression(string Value) : Expression;

/// <summary>One character out of some ranges.</summary>
/// <param name="Ranges">Of Unicode scalar values, first and last included, in order and apart from each other.</param>
internal sealed record CharacterExpression(IReadOnlyList<(int First, int Last)> Ranges) : Expression;

internal sealed record SequenceExpression(IReadOnlyList<Expression> Parts) : Expression;

/// <summary>One of several; none of an empty list.</summary>
internal sealed record ChoiceExpression(IReadOnlyList<Expression> Options) : Expression;

/// <param name="Max">Null for any number.</param>
internal sealed record RepeatExpression(Expression Part, int Min, int? Max) : Expression;

/// <summary>What a rule of the grammar around it says.</summary>
internal sealed record RuleExpression(string Name) : Expression;

/// <summary>A whole grammar with rules of its own.</summary>
internal sealed record GrammarExpression(Grammar Grammar) : Expression;

/// <summary>One special token of the tokenizer by its content, which no text can spell.</summary>
internal sealed record SpecialTokenExpression(string Content) : Expression;
