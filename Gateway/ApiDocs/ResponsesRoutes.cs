namespace Gateway.ApiDocs;

/// <summary>OpenAI's Responses: answers that others may go on from.</summary>
internal static class ResponsesRoutes
{
    private const string Settings = """
        "background":false,"instructions":"Tell a story.","max_output_tokens":20,"max_tool_calls":null,"metadata":{},"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,
        "reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"default","store":true,"temperature":1,"text":{"format":{"type":"text"},"verbosity":"medium"},
        "tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1,"truncation":"disabled","user":null
        """;

    private const string Message = """
        {"id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880001","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"He liked to fly it.","annotations":[],"logprobs":[]}]}
        """;

    private const string Begun = $$"""
        {"id":"resp_0197b2c49be54d0ca7f10d3cdd0a6b88","object":"response","created_at":1767225600,"status":"in_progress","completed_at":null,"error":null,"incomplete_details":null,"model":"stories","output":[],"usage":null,{{Settings}}}
        """;

    private const string Completed = $$"""
        {"id":"resp_0197b2c49be54d0ca7f10d3cdd0a6b88","object":"response","created_at":1767225600,"status":"completed","completed_at":1767225601,"error":null,"incomplete_details":null,"model":"stories","output":[{{Message}}],
        "usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":0},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":19},{{Settings}}}
        """;

    private static readonly string Stream = string.Concat(new[]
    {
        $$"""{"type":"response.created","sequence_number":0,"response":{{Begun}}}""",
        $$"""{"type":"response.in_progress","sequence_number":1,"response":{{Begun}}}""",
        """{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880001","type":"message","status":"in_progress","role":"assistant","content":[]}}""",
        """{"type":"response.content_part.added","sequence_number":3,"item_id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880001","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[],"logprobs":[]}}""",
        """{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880001","output_index":0,"content_index":0,"delta":"He liked to fly it.","logprobs":[]}""",
        """{"type":"response.output_text.done","sequence_number":5,"item_id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880001","output_index":0,"content_index":0,"text":"He liked to fly it.","logprobs":[]}""",
        """{"type":"response.content_part.done","sequence_number":6,"item_id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880001","output_index":0,"content_index":0,"part":{"type":"output_text","text":"He liked to fly it.","annotations":[],"logprobs":[]}}""",
        $$"""{"type":"response.output_item.done","sequence_number":7,"output_index":0,"item":{{Message}}}""",
        $$"""{"type":"response.completed","sequence_number":8,"response":{{Completed}}}""",
    }.Select(ToEvent));

    public static readonly PublicRoute[] All =
    [
        new("POST", "/v1/responses", "createResponse", Tags.Generation, "Answers a conversation, as OpenAI's route does, and keeps the answer so that another may go on from it. With stream the answer comes as server-sent events.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(ResponsesRequest),
            RequestExample = """{"model":"stories","instructions":"Tell a story.","input":"Tom had a kite.","max_output_tokens":20,"stream":false}""",
            Response = typeof(ResponsesObject),
            ResponseExample = Completed,
            StreamExample = Stream,
            OtherStatuses = [404],
            InvalidFieldStatus = 400,
        },
        new("GET", "/v1/responses/{id}", "getResponse", Tags.Generation, "Answers a stored response of the caller's.", Scopes.Infer)
        {
            IsForwarded = true,
            Response = typeof(ResponsesObject),
            ResponseExample = Completed,
            OtherStatuses = [404],
        },
        new("DELETE", "/v1/responses/{id}", "deleteResponse", Tags.Generation, "Deletes a stored response. Those that went on from it hold its conversation.", Scopes.Infer)
        {
            IsForwarded = true,
            Response = typeof(ResponsesDeleted),
            ResponseExample = """{"id":"resp_0197b2c49be54d0ca7f10d3cdd0a6b88","object":"response","deleted":true}""",
            OtherStatuses = [404],
        },
        new("GET", "/v1/responses/{id}/input_items", "listResponseInputItems", Tags.Generation, "Lists what a stored response was made of: its input and the conversation before.", Scopes.Infer)
        {
            IsForwarded = true,
            Query = [new("order", typeof(string), "desc, newest first, or asc; ordinarily desc."), new("after", typeof(string), "The id of the item before the first one told."), new("limit", typeof(int), "The most items told, 1 to 100; ordinarily 20.")],
            Response = typeof(ResponsesItemList),
            ResponseExample = """
                {"object":"list","data":[{"id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880000","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"Tom had a kite."}]}],
                "first_id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880000","last_id":"msg_0197b2c49be54d0ca7f10d3cdd0a6b880000","has_more":false}
                """,
            OtherStatuses = [404],
        },
    ];

    /// <summary>With the data on one line, whatever lines it was written on.</summary>
    private static string ToEvent(string data)
    {
        var name = data["{\"type\":\"".Length..];
        return $"event: {name[..name.IndexOf('"', StringComparison.Ordinal)]}\ndata: {data.ReplaceLineEndings("")}\n\n";
    }
}
