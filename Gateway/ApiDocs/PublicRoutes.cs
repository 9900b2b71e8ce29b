using Gateway.Administration;
using Gateway.Health;

namespace Gateway.ApiDocs;

/// <summary>The API document's table of contents: a new public route is one entry here.</summary>
internal static class PublicRoutes
{
    private const string Predictions = "Predictions", Generation = "Text generation", Tokens = "Tokens", Dialects = "Routes of other servers", Models = "Models", Platform = "Platform";

    public static readonly PublicRoute[] All =
    [
        new("POST", "/predict", Predictions, "Classifies one text and answers with the best label. With inputs in place of text it is the route of Text Embeddings Inference and answers all labels.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(PredictRequest),
            RequestExample = """{"text":"A warm, funny film that I would gladly see again."}""",
            Response = typeof(PredictResponse),
            ResponseExample = """{"label":"POSITIVE","score":0.9987,"model":"sentiment","model_version":"1","processing_time":0.0042,"from_cache":false}""",
            OtherStatuses = [404],
        },
        new("POST", "/v1/classify", Predictions, "Classifies texts or pairs of texts: one result for each input, in order.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(ClassifyRequest),
            RequestExample = """{"model":"sentiment","input":["I loved every minute.","What a waste of time."],"top_k":2}""",
            Response = typeof(ClassifyResponse),
            ResponseExample = """
                {"model":"sentiment","model_version":"1","results":[{"labels":[{"label":"POSITIVE","score":0.9991},{"label":"NEGATIVE","score":0.0009}]},
                {"labels":[{"label":"NEGATIVE","score":0.9984},{"label":"POSITIVE","score":0.0016}]}],"usage":{"prompt_tokens":14,"total_tokens":14}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/embeddings", Predictions, "Answers one vector for each text or list of token ids, as OpenAI's route does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(EmbeddingsRequest),
            RequestExample = """{"input":["A boat on the river.","A ship at sea."],"encoding_format":"float","dimensions":4}""",
            Response = typeof(EmbeddingsResponse),
            ResponseExample = """
                {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.51,-0.33,0.62,0.49]},{"object":"embedding","index":1,"embedding":[0.47,-0.29,0.7,0.45]}],
                "model":"embedding","usage":{"prompt_tokens":13,"total_tokens":13}}
                """,
            OtherStatuses = [404],
            InvalidFieldStatus = 400,
        },
        new("POST", "/v1/rerank", Predictions, "Scores documents by how well they answer a query, best first. Long documents are cut, the query never.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(RerankRequest),
            RequestExample = """{"query":"How do boats float?","documents":["Bread is baked.","Water carries what displaces its weight."],"top_n":1,"return_documents":true}""",
            Response = typeof(RerankResponse),
            ResponseExample = """
                {"model":"reranker","model_version":"1","results":[{"index":1,"relevance_score":0.93,"document":{"text":"Water carries what displaces its weight."}}],
                "usage":{"prompt_tokens":31,"total_tokens":31}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/chat/completions", Generation, "Answers a conversation, as OpenAI's route does. With stream the answer comes as server-sent events.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(ChatCompletionsRequest),
            RequestExample = """{"model":"assistant","messages":[{"role":"user","content":"Name a colour."}],"max_completion_tokens":20,"stream":false}""",
            Response = typeof(Completion<ChatCompletionChoice>),
            ResponseExample = """
                {"id":"chatcmpl-0197","object":"chat.completion","created":1767225600,"model":"assistant","system_fingerprint":"fp_0f3c92d1a4b7",
                "choices":[{"index":0,"message":{"role":"assistant","content":"Blue."},"finish_reason":"stop"}],
                "usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}
                """,
            OtherStatuses = [404],
            InvalidFieldStatus = 400,
        },
        new("POST", "/v1/completions", Generation, "Continues texts, as OpenAI's route does. With stream the answer comes as server-sent events.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(CompletionsRequest),
            RequestExample = """{"prompt":"Once upon a time","max_tokens":20,"temperature":0.7,"stream":false}""",
            Response = typeof(Completion<TextCompletionChoice>),
            ResponseExample = """
                {"id":"cmpl-0197","object":"text_completion","created":1767225600,"model":"stories","system_fingerprint":"fp_0f3c92d1a4b7",
                "choices":[{"index":0,"text":", there was a little girl.","finish_reason":"length"}],
                "usage":{"prompt_tokens":4,"completion_tokens":7,"total_tokens":11}}
                """,
            OtherStatuses = [404],
            InvalidFieldStatus = 400,
        },
        new("POST", "/v1/generate", Generation, "Continues one text.", Scopes.Infer)
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
        new("POST", "/v1/batch-generate", Generation, "Continues several texts at once: one result or error for each, in order.", Scopes.Infer)
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
        new("POST", "/v1/tokenize", Tokens, "Answers the tokens that a model sees of a text or a pair.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TokenizeRequest),
            RequestExample = """{"model":"sentiment","text":"Not bad!"}""",
            Response = typeof(TokenizeResponse),
            ResponseExample = """
                {"ids":[2,268,455,5,3],"tokens":["[CLS]","not","bad","!","[SEP]"],"offsets":[[0,0],[0,3],[4,7],[7,8],[0,0]],"count":5,"model":"sentiment","model_version":"1"}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/detokenize", Tokens, "Answers the text of token ids.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(DetokenizeRequest),
            RequestExample = """{"model":"sentiment","ids":[2,268,455,5,3]}""",
            Response = typeof(DetokenizeResponse),
            ResponseExample = """{"text":"not bad!","model":"sentiment","model_version":"1"}""",
            OtherStatuses = [404],
        },
        new("POST", "/v2/rerank", Dialects, "Scores documents by how well they answer a query, as Cohere's second version does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(CohereRerankRequest),
            RequestExample = """{"query":"How do boats float?","documents":["Bread is baked.","Water carries what displaces its weight."],"top_n":1}""",
            Response = typeof(CohereRerankResponse),
            ResponseExample = """{"id":"0HN7","results":[{"index":1,"relevance_score":0.93}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}""",
            OtherStatuses = [404],
        },
        new("POST", "/embed", Dialects, "Answers one vector for each input, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiEmbedRequest),
            RequestExample = """{"inputs":["A boat on the river.","A ship at sea."],"dimensions":4}""",
            Response = typeof(EmbeddingVector[]),
            ResponseExample = "[[0.51,-0.33,0.62,0.49],[0.47,-0.29,0.7,0.45]]",
            OtherStatuses = [404],
        },
        new("POST", "/similarity", Dialects, "Compares a sentence with others by the cosine of their vectors, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiSimilarityRequest),
            RequestExample = """{"inputs":{"source_sentence":"A boat on the river.","sentences":["A ship at sea.","Bread is baked."]}}""",
            Response = typeof(float[]),
            ResponseExample = "[0.83,0.07]",
            OtherStatuses = [404],
        },
        new("POST", "/rerank", Dialects, "Scores texts by how well they answer a query, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiRerankRequest),
            RequestExample = """{"query":"How do boats float?","texts":["Bread is baked.","Water carries what displaces its weight."]}""",
            Response = typeof(TeiRank[]),
            ResponseExample = """[{"index":1,"score":0.93},{"index":0,"score":0.02}]""",
            OtherStatuses = [404],
        },
        new("POST", "/tokenize", Dialects, "Answers the tokens of texts, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiTokenizeRequest),
            RequestExample = """{"inputs":"Not bad!","model":"sentiment","add_special_tokens":false}""",
            Response = typeof(TeiToken[][]),
            ResponseExample = """[[{"id":268,"text":"Not","special":false,"start":0,"stop":3},{"id":455,"text":"bad","special":false,"start":4,"stop":7}]]""",
            OtherStatuses = [404],
        },
        new("GET", "/info", Dialects, "Describes the default model, or the one that the query's model names, as Hugging Face's servers do.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Response = typeof(HuggingFaceInfo),
            OtherStatuses = [404],
        },
        new("POST", "/generate", Dialects, "Continues a text, as Text Generation Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TgiRequest),
            RequestExample = """{"inputs":"Once upon a time","parameters":{"max_new_tokens":20,"do_sample":true,"temperature":0.7}}""",
            Response = typeof(TgiResponse),
            ResponseExample = """{"generated_text":", there was a little girl."}""",
            OtherStatuses = [404],
        },
        new("POST", "/generate_stream", Dialects, "Continues a text as server-sent events, one for each token, as Text Generation Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TgiRequest),
            RequestExample = """{"inputs":"Once upon a time","parameters":{"max_new_tokens":20}}""",
            Response = typeof(TgiEvent),
            ResponseExample = """{"index":1,"token":{"id":12,"text":",","logprob":-0.21,"special":false},"generated_text":null,"details":null}""",
            ResponseType = "text/event-stream",
            OtherStatuses = [404],
        },
        new("GET", "/v1/models", Models, "Lists every model with its versions, their states and why one does not serve; also while none is ready yet.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Response = typeof(ModelList),
            ResponseExample = """
                {"object":"list","data":[{"id":"sentiment","object":"model","created":1767225600,"owned_by":"organization","task":"text-classification","active_version":"1",
                "versions":[{"version":"2","state":"loading","reason":null,"task":null,"variant":null,"max_tokens":null,"labels":null},
                {"version":"1","state":"ready","reason":null,"task":"text-classification","variant":"fp32","max_tokens":512,"labels":["NEGATIVE","POSITIVE"]}]}]}
                """,
        },
        new("GET", "/v1/models/{id}", Models, "Describes one model: name, or name:version.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Response = typeof(ModelDescription),
            OtherStatuses = [404],
        },
        new("GET", "/", Platform, "Names the platform and its version, and links to the rest.", null) { Response = typeof(Home) },
        new("GET", "/health", Platform, "Tells how the model servers are: 200 while one can serve.", null)
        {
            Response = typeof(PlatformHealth),
            ResponseExample = """
                {"status":"healthy","model_loaded":true,"gpu_available":false,
                "memory_usage":{"process_bytes":412000000,"managed_bytes":38000000,"gpu_bytes":null},"replicas":{"healthy":2,"total":2}}
                """,
            OtherStatuses = [503],
        },
        new("GET", "/alive", Platform, "Answers 200 while the gateway runs.", null) { Response = typeof(Probe) },
        new("GET", "/ready", Platform, "Answers 200 while a model server is ready for requests.", null) { Response = typeof(Probe), OtherStatuses = [503] },
        new("GET", "/admin/replicas", Platform, "Lists the model servers as this gateway sees them.", Scopes.Admin) { Response = typeof(ReplicaListing) },
        new("POST", "/admin/replicas/{id}/drain", Platform, "Gives a model server nothing new; what it has, it finishes.", Scopes.Admin)
        {
            Response = typeof(ReplicaDescription),
            OtherStatuses = [404],
        },
        new("POST", "/admin/replicas/{id}/resume", Platform, "Gives a model server requests again.", Scopes.Admin)
        {
            Response = typeof(ReplicaDescription),
            OtherStatuses = [404],
        },
        new("GET", "/metrics", Platform, "The gateway's metrics as Prometheus text.", Scopes.Metrics) { Response = typeof(string), ResponseType = "text/plain" },
    ];
}
