namespace Gateway.ApiDocs;

/// <summary>Routes that generate text.</summary>
internal static class GenerationRoutes
{
    public static readonly PublicRoute[] All =
    [
        new("POST", "/v1/chat/completions", "createChatCompletion", Tags.Generation, "Answers a conversation, as OpenAI's route does. With stream the answer comes as server-sent events.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(ChatCompletionsRequest),
            RequestExample = """{"model":"chat","messages":[{"role":"user","content":"What is the capital of France?"}],"temperature":0,"max_completion_tokens":20,"stream":false}""",
            Response = typeof(Completion<ChatCompletionChoice>),
            ResponseExample = """
                {"id":"chatcmpl-0197","object":"chat.completion","created":1767225600,"model":"chat","system_fingerprint":"fp_0f3c92d1a4b7",
                "choices":[{"index":0,"message":{"content":"The capital of France is Paris.","role":"assistant","refusal":null},"logprobs":null,"finish_reason":"stop"}],
                "usage":{"prompt_tokens":21,"completion_tokens":14,"total_tokens":35,"prompt_tokens_details":{"cached_tokens":0}}}
                """,
            StreamExample = """
                data: {"id":"chatcmpl-0197","object":"chat.completion.chunk","created":1767225600,"model":"chat","system_fingerprint":"fp_0f3c92d1a4b7","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}

                data: {"id":"chatcmpl-0197","object":"chat.completion.chunk","created":1767225600,"model":"chat","system_fingerprint":"fp_0f3c92d1a4b7","choices":[{"index":0,"delta":{"content":"The capital"},"logprobs":null,"finish_reason":null}]}

                data: {"id":"chatcmpl-0197","object":"chat.completion.chunk","created":1767225600,"model":"chat","system_fingerprint":"fp_0f3c92d1a4b7","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

                data: [DONE]


                """,
            OtherStatuses = [404],
            InvalidFieldStatus = 400,
        },
        new("POST", "/v1/completions", "createCompletion", Tags.Generation, "Continues texts, as OpenAI's route does. With stream the answer comes as server-sent events.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(CompletionsRequest),
            RequestExample = """{"prompt":"Once upon a time","max_tokens":20,"temperature":0.7,"stream":false}""",
            Response = typeof(Completion<TextCompletionChoice>),
            ResponseExample = """
                {"id":"cmpl-0197","object":"text_completion","created":1767225600,"model":"stories","system_fingerprint":"fp_0f3c92d1a4b7",
                "choices":[{"index":0,"text":", there was a little girl.","logprobs":null,"finish_reason":"length"}],
                "usage":{"prompt_tokens":4,"completion_tokens":7,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":0}}}
                """,
            StreamExample = """
                data: {"id":"cmpl-0197","object":"text_completion","created":1767225600,"model":"stories","system_fingerprint":"fp_0f3c92d1a4b7","choices":[{"index":0,"text":", there","logprobs":null,"finish_reason":null}]}

                data: {"id":"cmpl-0197","object":"text_completion","created":1767225600,"model":"stories","system_fingerprint":"fp_0f3c92d1a4b7","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"length"}]}

                data: [DONE]


                """,
            OtherStatuses = [404],
            InvalidFieldStatus = 400,
        },
        new("POST", "/v1/generate", "generate", Tags.Generation, "Continues one text.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(GenerateRequest),
            RequestExample = """{"text":"Once upon a time","max_length":20,"temperature":0.7}""",
            Response = typeof(GenerateResponse),
            ResponseExample = """
                {"generated_text":", there was a little girl.","inference_time":0.041,"model":"stories","model_version":"1","request_id":"0HN7"}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/batch-generate", "generateBatch", Tags.Generation, "Continues several texts at once: one result or error for each, in order.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(BatchGenerateRequest),
            RequestExample = """{"requests":[{"text":"Once upon a time","max_length":20},{"text":"One day","max_length":20}],"batch_id":"evening"}""",
            Response = typeof(BatchGenerateResponse),
            ResponseExample = """
                {"results":[{"request_id":"0HN7-0","generated_text":", there was a little girl.","inference_time":0.041,"model":"stories","model_version":"1"},
                {"request_id":"0HN7-1","error":{"message":"max_length must be at least 1.","type":"invalid_request_error","param":"max_length","code":"field_invalid"}}],
                "batch_id":"evening","processed_count":1}
                """,
        },
    ];
}
