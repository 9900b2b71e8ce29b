using System.Globalization;
using ModelServer.ChatTemplates;
using Testing;
using Xunit.Abstractions;

namespace ModelServer.Tests.ChatTemplates.Differential;

/// <summary>Random conversations through every template, as other interpreters render them. <c>TEMPLATE_CONVERSATIONS</c> says how many for each template.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("TEMPLATE_CONVERSATIONS") ?? "60", CultureInfo.InvariantCulture);
    private static readonly Dictionary<PublishedTemplate, Conversation[]> Conversations = PublishedTemplate.All.ToDictionary(t => t, Make);

    [JinjaOfPythonFact]
    public void Render_RandomConversations_AgreesWithPython()
    {
        var rendered = TemplateOracle.JinjaOfPython(PublishedTemplate.All, t => Conversations[t]);

        Compare(rendered, (template, conversation, ours, theirs) => $"{template}: {theirs}\n  not {ours}");
    }

    /// <summary>It is another reading of the language: where it differs as listed, Python's is right, which the other test shows on the same conversations.</summary>
    [JinjaOfJavaScriptFact]
    public void Render_RandomConversations_AgreesWithJavaScriptWhereThatAgreesWithPython()
    {
        var rendered = TemplateOracle.JavaScript(PublishedTemplate.All, t => Conversations[t]);

        Compare(rendered, (template, conversation, ours, theirs) => KnownDifferences.Explain(template.Name, conversation, theirs) ? null : $"{template}: {theirs}\n  not {ours}");
    }

    private void Compare(Rendering[] theirs, Func<PublishedTemplate, Conversation, Rendering, Rendering, string?> judge)
    {
        var (place, wrong) = (0, new List<string>());
        foreach (var template in PublishedTemplate.All)
        {
            var (same, refused) = (0, 0);
            foreach (var conversation in Conversations[template])
            {
                var (ours, other) = (template.Render(conversation), theirs[place++]);
                if (ours.Text is null) refused++;
                if (ours.Agrees(other)) same++;
                else if (judge(template, conversation, ours, other) is { } fault) wrong.Add(fault);
            }

            output.WriteLine($"{template}: {same} of {Count} alike, {refused} refused by the template or failing");
        }

        Assert.Equal(theirs.Length, place);
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ\n{string.Join('\n', wrong.Take(5))}");
        Assert.InRange(PublishedTemplate.All.Count, 17, int.MaxValue);
    }

    private static Conversation[] Make(PublishedTemplate template)
    {
        var random = new RandomConversations(template.Name.Aggregate(20300106, (seed, letter) => unchecked(seed * 31 + letter)));
        return [.. Enumerable.Range(0, Count).Select(i => random.Next(allowsOddNumbers: i % 5 == 4))];
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class JinjaOfPythonFactAttribute : FactAttribute
{
    public JinjaOfPythonFactAttribute() => Skip = TemplateOracle.Python is null ? "There is no python3 with jinja2." : null;
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class JinjaOfJavaScriptFactAttribute : FactAttribute
{
    public JinjaOfJavaScriptFactAttribute() => Skip = NpmPackages.Missing(TemplateOracle.Folder);
}
