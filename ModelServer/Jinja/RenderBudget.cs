using System.Runtime.CompilerServices;

namespace ModelServer.Jinja;

/// <summary>What one rendering may cost: templates are data of a model, and conversations data of a caller.</summary>
/// <param name="MaxSteps">Parts of expressions and statements evaluated, items gone through, and 128s of characters read.</param>
/// <param name="MaxCharacters">Characters of a rendering; eight times as many may be put together on the way.</param>
/// <param name="MaxDepth">Calls, loops and blocks within one another.</param>
internal sealed record RenderLimits(int MaxSteps = 4_000_000, int MaxCharacters = 16_000_000, int MaxDepth = 150);

/// <summary>Counts what a rendering has cost so far, and ends it with the request that it is for.</summary>
internal sealed class RenderBudget(RenderLimits limits, CancellationToken cancellationToken)
{
    /// <summary>What an item of a list counts for, by the memory it takes.</summary>
    public const long CharactersPerItem = 4;

    private const int CharactersPerStep = 128;

    /// <summary>Steps between two looks at whether the request has ended.</summary>
    private const int StepsPerLook = 1000;

    [ThreadStatic]
    private static RenderBudget? _current;

    private int _steps, _nextLook, _depth;
    private long _characters;

    /// <summary>That of the rendering on this thread, for what writes and compares values, whatever calls it.</summary>
    public static RenderBudget Current => _current ?? throw new InvalidOperationException("Nothing is rendered on this thread.");

    /// <summary>Makes it the current one while <paramref name="render"/> runs.</summary>
    public void Run(Action render)
    {
        _current = this;
        try
        {
            render();
        }
        finally
        {
            _current = null;
        }
    }

    public void Step(int count = 1)
    {
        _steps += count;
        if (_steps > limits.MaxSteps) throw new JinjaException($"takes more than {limits.MaxSteps} steps");
        if (_steps < _nextLook) return;
        _nextLook = _steps + StepsPerLook;
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Counts the reading of a value: most of what is done with a text goes through all of it.</summary>
    public void Scan(object? value)
    {
        if (value is JinjaText text) Step(text.Value.Length / CharactersPerStep);
    }

    /// <summary>Goes down into a value, which may be nested deeper than the stack is.</summary>
    public void Descend()
    {
        Step();
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new JinjaException("nests too deep");
    }

    /// <summary>Counts characters that are put together.</summary>
    public void Spend(long characters, long times = 1)
    {
        _characters = characters > 0 && times > 8L * limits.MaxCharacters / characters ? long.MaxValue / 2 : _characters + characters * times;
        if (_characters > 8L * limits.MaxCharacters) throw new JinjaException($"puts together more than {8L * limits.MaxCharacters} characters");
    }

    public void CheckLength(int characters)
    {
        if (characters > limits.MaxCharacters) throw new JinjaException($"makes more than {limits.MaxCharacters} characters");
    }

    public void Enter()
    {
        if (++_depth > limits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new JinjaException("nests too deep");
    }

    public void Leave() => _depth--;
}
