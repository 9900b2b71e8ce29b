using Microsoft.Extensions.Options;
using ModelServer.Requests;

namespace ModelServer.Responses;

/// <summary>Finds what a request goes on from and refers to.</summary>
internal sealed class ResponseContexts(ResponseStore store, IOptions<ResponsesOptions> options)
{
    /// <param name="ids">Of the response to be made.</param>
    /// <exception cref="InvalidFieldException">It asks for what is not there, or for a store where there is none.</exception>
    /// <exception cref="StoreUnavailableException">Redis does not answer.</exception>
    public async Task<ResponseContext> FindAsync(ResponsesRequest request, Caller caller, ItemIds ids, long? bodyBytes, CancellationToken cancellationToken)
    {
        var client = caller.User.Subject() ?? "";
        RefuseWithoutStore(request);
        if (request.Store == true && !store.Fits(bodyBytes ?? 0)) throw new InvalidFieldException("store", "The request is too large for its response to be stored.");

        // 1. The response that it goes on from, and those of the items that it refers to: one question to Redis.
        var references = request.Input.Items.Where(i => i.Type == "item_reference").Select(i => i.Id!).Distinct().ToArray();
        string[] sources = [.. references.Select(ItemIds.ResponseOf).Append(request.PreviousResponseId).OfType<string>().Distinct()];
        var stored = sources.Zip(await store.ReadAsync(client, sources, cancellationToken)).Where(p => p.Second is not null).ToDictionary(p => p.First, p => p.Second!);
        ResponsesItem[] history = [];
        if (request.PreviousResponseId is { } previous)
            history = stored.TryGetValue(previous, out var found) ? [.. found.Items] : throw new InvalidFieldException(ResponsesValidation.NoPrevious(previous));
        // A caller who wants to go on from the response learns beforehand that there is no way to.
        else if (request.Store == true && sources is []) await store.CheckAsync(cancellationToken);

        // 2. Its own items.
        var known = new Dictionary<string, ResponsesItem>();
        foreach (var item in stored.Values.SelectMany(s => s.Items))
            if (item.Id is not null) known.TryAdd(item.Id, item);
        ResponsesItem[] input = [.. request.Input.Items.Select((item, i) => Resolve(item, i, known, ids))];
        if (ItemValidation.TooMany(history.Length + input.Length, options.Value.MaxItems) is { } error) throw new InvalidFieldException(error);
        return new(client, ids, history, input, request.Store ?? (store.IsConfigured && caller.Cache.Write));
    }

    private void RefuseWithoutStore(ResponsesRequest request)
    {
        if (store.IsConfigured) return;
        const string Reason = "this platform keeps no responses, since it has no Redis";
        if (request.PreviousResponseId is not null) throw Refused("previous_response_id", $"previous_response_id is not supported: {Reason}. Send the whole conversation as input.");
        if (request.Store == true) throw Refused("store", $"store must be false: {Reason}.");
        var reference = Array.FindIndex(request.Input.Items, i => i.Type == "item_reference");
        if (reference >= 0) throw Refused($"input[{reference}].type", $"item_reference is not supported: {Reason}. Send the item itself, as clients do with store: false.");

        static InvalidFieldException Refused(string field, string message) => new(FieldError.Unsupported(field, message));
    }

    private static ResponsesItem Resolve(ResponsesItem item, int index, Dictionary<string, ResponsesItem> known, ItemIds ids)
    {
        if (item.Type == "item_reference")
            return known.GetValueOrDefault(item.Id!) ?? throw new InvalidFieldException($"input[{index}].id", $"Item with id '{item.Id}' not found.", "item_not_found");
        var type = item.Type ?? "message";
        var content = item.Content is { IsString: true } text ? ResponsesContent.Of(item.Role == "assistant" ? "output_text" : "input_text", text.Text) : item.Content;
        // Clients read items of an assistant by these members.
        if (item.Role == "assistant") content = content is null ? null : new([.. content.Parts.Select(p => p with { Annotations = p.Type == "output_text" ? p.Annotations ?? [] : null })]);
        return item with { Id = item.Id ?? ids.Next(type), Type = type, Content = content, Status = type == "reasoning" ? item.Status : item.Status ?? "completed" };
    }
}
