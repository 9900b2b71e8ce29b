using System.Runtime.CompilerServices;

namespace ModelServer.Jinja;

/// <summary>What one rendering may cost: templates are data of a model, and conversations data of a caller.</summary>
/// <param name="MaxSteps">Parts of expressions and statements evaluated, and items gone through.</param>
/// <param name="MaxCharacters">Characters of a rendering; eight times as many may be put together on the way.</param>
/// <param name="MaxDepth">Calls, loops and blocks within one another.</param>
internal sealed record RenderLimits(int MaxSteps = 4_000_000, int MaxCharacters = 16_000_000, int MaxDepth = 150);

/// <summary>Counts what a rendering has cost so far.</summary>
internal sealed class RenderBudget(RenderLimits limits)
{
    private int _steps, _depth;
    private long _characters;

    public void Step()
    {
        if (++_steps > limits.MaxSteps) throw new JinjaException($"takes more than {limits.MaxSteps} steps");
    }

    /// <summary>Counts characters, or items, that are put together.</summary>
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
