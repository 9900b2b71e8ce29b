using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.Tokenization.Files;

/// <summary>Makes the "post_processor" section.</summary>
internal static class TokenizerTemplates
{
    /// <param name="part">The section.</param>
    /// <param name="tokenOf">The token of an id, to check the special tokens against.</param>
    public static TemplatePostProcessor Read(JsonPart part, Func<int, string?> tokenOf) => part.Type switch
    {
        "TemplateProcessing" => Template(part, tokenOf),
        "BertProcessing" => Bert(Special(part.Member("cls"), tokenOf), Special(part.Member("sep"), tokenOf)),
        // Without its own members the reference takes it for Bert's.
        "RobertaProcessing" => part.Find("trim_offsets") is null || part.Find("add_prefix_space") is null ? Bert(Special(part.Member("cls"), tokenOf), Special(part.Member("sep"), tokenOf)) : Roberta(part, tokenOf),
        "ByteLevel" => TemplatePostProcessor.Plain.With(Trimmer(part, tokenOf)),
        "Sequence" => Sequence(part.Member("processors"), tokenOf),
        _ => throw part.Unsupported("post_processor"),
    };

    public static TemplatePostProcessor Bert(int cls, int sep)
    {
        TemplatePart[] single = [new(-1, [cls], 0), new(0, [], 0), new(-1, [sep], 0)];
        return new(single, [.. single, new(1, [], 1), new(-1, [sep], 1)]);
    }

    /// <summary>At most one that adds tokens, and what trims offsets: before it, or after a template, whose texts stay by themselves.</summary>
    private static TemplatePostProcessor Sequence(JsonPart part, Func<int, string?> tokenOf)
    {
        var result = TemplatePostProcessor.Plain;
        string? adds = null;
        foreach (var step in part.Items)
        {
            if (step.Type == "ByteLevel" && adds is null or "TemplateProcessing") result = result.With(Trimmer(step, tokenOf));
            else if (step.Type is "TemplateProcessing" or "BertProcessing" or "RobertaProcessing" && adds is null) (result, adds) = (result.Then(Read(step, tokenOf)), step.Type);
            else throw part.Unsupported("post_processor", $"Sequence of {string.Join(", ", part.Items.Select(i => i.Type))}");
        }

        return result;
    }

    private static TemplatePostProcessor Roberta(JsonPart part, Func<int, string?> tokenOf)
    {
        var (cls, sep) = (Special(part.Member("cls"), tokenOf), Special(part.Member("sep"), tokenOf));
        TemplatePart[] single = [new(-1, [cls], 0), new(0, [], 0), new(-1, [sep], 0)];
        var roberta = new TemplatePostProcessor(single, [.. single, new(-1, [sep], 0), new(1, [], 0), new(-1, [sep], 0)]);
        return roberta.With(Trimmer(part, tokenOf));
    }

    private static SpaceTrimmer? Trimmer(JsonPart part, Func<int, string?> tokenOf) =>
        part.FlagOr("trim_offsets", true) ? new(tokenOf, part.FlagOr("add_prefix_space", true)) : null;

    private static TemplatePostProcessor Template(JsonPart part, Func<int, string?> tokenOf)
    {
        var special = part.Member("special_tokens").Members.ToDictionary(m => m.Name, m => Ids(m.Value, tokenOf));
        TemplatePart[] single = [.. part.Member("single").Items.Select(p => Piece(p, special))];
        TemplatePart[] pair = [.. part.Member("pair").Items.Select(p => Piece(p, special))];
        return Array.Exists(single, p => p.Sequence == 1) ? throw part.Invalid(".single uses the second text") : new(single, pair);
    }

    private static TemplatePart Piece(JsonPart part, Dictionary<string, int[]> special)
    {
        if (part.FindObject("Sequence") is { } sequence)
        {
            var text = sequence.Member("id").Text;
            if (text is not ("A" or "B")) throw sequence.Invalid($".id is '{text}'; it must be A or B");
            return new((sbyte)(text == "A" ? 0 : 1), [], sequence.Member("type_id").Number);
        }

        var token = part.FindObject("SpecialToken") ?? throw part.Invalid(" must have 'Sequence' or 'SpecialToken'");
        var id = token.Member("id").Text;
        return special.TryGetValue(id, out var ids)
            ? new(-1, ids, token.Member("type_id").Number)
            : throw token.Invalid($".id '{id}' is not among special_tokens");
    }

    private static int[] Ids(JsonPart part, Func<int, string?> tokenOf)
    {
        int[] ids = [.. part.Member("ids").Items.Select(i => Known(i, tokenOf))];
        return ids.Length == part.Member("tokens").Items.Count() ? ids : throw part.Invalid(" has not as many ids as tokens");
    }

    /// <summary>BertProcessing writes a special token as [content, id].</summary>
    private static int Special(JsonPart part, Func<int, string?> tokenOf)
    {
        JsonPart[] both = [.. part.Items];
        if (both.Length != 2) throw part.Invalid(" must be [token, id]");
        var id = Known(both[1], tokenOf);
        return tokenOf(id) == both[0].Text ? id : throw part.Invalid($": id {id} is '{tokenOf(id)}', not '{both[0].Text}'");
    }

    private static int Known(JsonPart part, Func<int, string?> tokenOf) =>
        tokenOf(part.Number) is null ? throw part.Invalid($": there is no token {part.Number}") : part.Number;
}
