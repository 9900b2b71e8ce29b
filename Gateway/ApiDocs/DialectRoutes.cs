namespace Gateway.ApiDocs;

/// <summary>Routes of other servers, for their clients.</summary>
internal static class DialectRoutes
{
    public static readonly PublicRoute[] All =
    [
        new("POST", "/v2/rerank", "cohereRerank", Tags.Dialects, "Scores documents by how well they answer a query, as Cohere's second version does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(CohereRerankRequest),
            RequestExample = """{"query":"How do boats float?","documents":["Bread is baked.","Water carries what displaces its weight."],"top_n":1}""",
            ExampleNeeds = PredictionRoutes.NeedsCrossEncoder,
            Response = typeof(CohereRerankResponse),
            ResponseExample = """{"id":"0HN7","results":[{"index":1,"relevance_score":0.93}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}""",
            OtherStatuses = [404],
        },
        new("POST", "/embed", "teiEmbed", Tags.Dialects, "Answers one vector for each input, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiEmbedRequest),
            RequestExample = """{"inputs":["A boat on the river.","A ship at sea."],"dimensions":4}""",
            Response = typeof(EmbeddingVector[]),
            ResponseExample = "[[0.51,-0.33,0.62,0.49],[0.47,-0.29,0.7,0.45]]",
            OtherStatuses = [404],
        },
        new("POST", "/embed_sparse", "teiEmbedSparse", Tags.Dialects, "Answers what is not 0 of a sparse vector for each input, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiEmbedSparseRequest),
            RequestExample = """{"inputs":["A boat on the river."]}""",
            ExampleNeeds = PredictionRoutes.NeedsSparseModel,
            Response = typeof(TeiSparseValue[][]),
            ResponseExample = """[[{"index":2314,"value":1.92},{"index":4049,"value":2.31}]]""",
            OtherStatuses = [404],
        },
        new("POST", "/similarity", "teiSimilarity", Tags.Dialects, "Compares a sentence with others by the cosine of their vectors, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiSimilarityRequest),
            RequestExample = """{"inputs":{"source_sentence":"A boat on the river.","sentences":["A ship at sea.","Bread is baked."]}}""",
            Response = typeof(float[]),
            ResponseExample = "[0.83,0.07]",
            OtherStatuses = [404],
        },
        new("POST", "/rerank", "teiRerank", Tags.Dialects, "Scores texts by how well they answer a query, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiRerankRequest),
            RequestExample = """{"query":"How do boats float?","texts":["Bread is baked.","Water carries what displaces its weight."]}""",
            ExampleNeeds = PredictionRoutes.NeedsCrossEncoder,
            Response = typeof(TeiRank[]),
            ResponseExample = """[{"index":1,"score":0.93},{"index":0,"score":0.02}]""",
            OtherStatuses = [404],
        },
        new("POST", "/tokenize", "teiTokenize", Tags.Dialects, "Answers the tokens of texts, as Text Embeddings Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TeiTokenizeRequest),
            RequestExample = """{"inputs":"Not bad!","model":"sentiment","add_special_tokens":false}""",
            Response = typeof(TeiToken[][]),
            ResponseExample = """[[{"id":268,"text":"Not","special":false,"start":0,"stop":3},{"id":455,"text":"bad","special":false,"start":4,"stop":7}]]""",
            OtherStatuses = [404],
        },
        new("GET", "/info", "getInfo", Tags.Dialects, "Describes the default model, or the one that the query's model names, as Hugging Face's servers do.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Query = [new("model", typeof(string), "name or name:version.")],
            Response = typeof(HuggingFaceInfo),
            OtherStatuses = [404],
        },
        new("POST", "/generate", "tgiGenerate", Tags.Dialects, "Continues a text, as Text Generation Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TgiRequest),
            RequestExample = """{"inputs":"Once upon a time","parameters":{"max_new_tokens":20,"do_sample":true,"temperature":0.7}}""",
            Response = typeof(TgiResponse),
            ResponseExample = """{"generated_text":", there was a little girl."}""",
            StreamExample = """
                data: {"index":1,"token":{"id":12,"text":",","logprob":-0.21,"special":false},"generated_text":null,"details":null}

                data: {"index":2,"token":{"id":97,"text":" there","logprob":-0.34,"special":false},"generated_text":", there","details":null}


                """,
            OtherStatuses = [404],
        },
        new("POST", "/generate_stream", "tgiGenerateStream", Tags.Dialects, "Continues a text as server-sent events, one for each token, as Text Generation Inference does.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TgiRequest),
            RequestExample = """{"inputs":"Once upon a time","parameters":{"max_new_tokens":20}}""",
            StreamExample = """
                data: {"index":1,"token":{"id":12,"text":",","logprob":-0.21,"special":false},"generated_text":null,"details":null}

                data: {"index":2,"token":{"id":97,"text":" there","logprob":-0.34,"special":false},"generated_text":", there","details":null}


                """,
            OtherStatuses = [404],
        },
    ];
}
