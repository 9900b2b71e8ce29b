namespace ModelServer.Responses;

/// <summary>What callers may do with their stored responses. Those of others do not exist for them.</summary>
internal static class StoredResponsesEndpoints
{
    private const int MaxItems = 100, DefaultItems = 20;

    /// <summary><c>GET /v1/responses/{id}</c>.</summary>
    public static async Task<IResult> GetAsync(string id, ResponseStore store, HttpContext http) => http.Request.Query["stream"] == "true"
        ? new FieldErrorResult(FieldError.Unsupported("stream", "stream is not supported: a stored response is complete."))
        : await FindAsync(id, store, http) is { } stored ? TypedResults.Json(stored.Response, ResponsesJson.Readable.ResponsesObject) : NotFound(id);

    /// <summary><c>DELETE /v1/responses/{id}</c>. Responses that went on from it hold its conversation.</summary>
    public static async Task<IResult> DeleteAsync(string id, ResponseStore store, HttpContext http)
        => ItemIds.IsOfResponse(id) && await store.DeleteAsync(Client(http), id, http.RequestAborted)
            ? TypedResults.Json(new ResponsesDeleted(id, "response", Deleted: true), ResponsesJson.Readable.ResponsesDeleted)
            : NotFound(id);

    /// <summary><c>GET /v1/responses/{id}/input_items</c>: all that the response was made of, newest first unless <c>order=asc</c>.</summary>
    public static async Task<IResult> ListAsync(string id, ResponseStore store, HttpContext http, string? order = null, string? after = null, int? limit = null)
    {
        if (order is not (null or "asc" or "desc")) return new FieldErrorResult(new("order", "order must be asc or desc."));
        if (limit is not (null or (>= 1 and <= MaxItems))) return new FieldErrorResult(new("limit", $"limit must be 1 to {MaxItems}."));
        if (await FindAsync(id, store, http) is not { } stored) return NotFound(id);
        ResponsesItem[] items = [.. stored.History, .. stored.Input];
        if (order != "asc") Array.Reverse(items);
        var start = after is null ? 0 : Array.FindIndex(items, i => i.Id == after) + 1;
        if (after is not null && start == 0) return new FieldErrorResult(new("after", "after is the id of none of the items."));
        ResponsesItem[] page = [.. items.Skip(start).Take(limit ?? DefaultItems)];
        return TypedResults.Json(
            new ResponsesItemList("list", page, page.FirstOrDefault()?.Id, page.LastOrDefault()?.Id, start + page.Length < items.Length), ResponsesJson.Readable.ResponsesItemList);
    }

    private static async Task<StoredResponse?> FindAsync(string id, ResponseStore store, HttpContext http)
        => ItemIds.IsOfResponse(id) ? (await store.ReadAsync(Client(http), [id], http.RequestAborted))[0] : null;

    private static string Client(HttpContext http) => http.User.Subject() ?? "";

    private static ApiErrorResult NotFound(string id) => new(new(404, $"Response with id '{(id.Length > 64 ? id[..64] : id)}' not found.") { Code = "response_not_found" });
}
