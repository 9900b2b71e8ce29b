using System.Text;

namespace ModelServer.Constraints.Automata;

/// <summary>Reads a text by its grammar, part by part. For one thread at a time.</summary>
internal sealed class GrammarText
{
    private readonly PushdownAutomaton _automaton;
    private readonly ConfigurationStepper _stepper;
    private Configuration? _at;

    public GrammarText(PushdownAutomaton automaton)
    {
        _automaton = automaton;
        _stepper = new(automaton, new());
        _at = _stepper.Start();
    }

    public void Append(string text) => _at = Behind(text);

    /// <summary>Whether the text so far and some more would be whole. What names special tokens is never found to be.</summary>
    public bool IsWholeWith(string more) => Behind(more) is { MayEnd: true };

    private Configuration? Behind(string text)
    {
        var at = _at;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (at is null) return null;
            at = _stepper.Step(at, _automaton.Classes.Of[b]);
            if (at.IsDead) at = null;
        }

        return at;
    }
}
