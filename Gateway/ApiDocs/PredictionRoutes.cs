namespace Gateway.ApiDocs;

/// <summary>Routes that encode: classification, embeddings, ranking, tokens.</summary>
internal static class PredictionRoutes
{
    internal const string NeedsCrossEncoder = "With a cross-encoder in the models folder; none comes with the platform.";
    internal const string NeedsSparseModel = "With a model of sparse vectors (SPLADE) in the models folder; none comes with the platform.";
    private const string NeedsLateInteraction = "With a late-interaction model (ColBERT) in the models folder; none comes with the platform.";
    private const string NeedsReader = "With a model for question-answering in the models folder; none comes with the platform.";
    private const string NeedsJudge = "With a classifier for natural language inference in the models folder; none comes with the platform.";

    public static readonly PublicRoute[] All =
    [
        new("POST", "/predict", "predict", Tags.Predictions, "Classifies one text and answers with the best label. With inputs in place of text it is the route of Text Embeddings Inference and answers all labels.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(PredictRequest),
            RequestExample = """{"text":"A warm, funny film that I would gladly see again."}""",
            Response = typeof(PredictResponse),
            ResponseExample = """{"label":"POSITIVE","score":0.9987,"model":"sentiment","model_version":"1","processing_time":0.0042,"from_cache":false}""",
            OtherStatuses = [404],
        },
        new("POST", "/v1/classify", "classify", Tags.Predictions, "Classifies texts or pairs of texts: one result for each input, in order.", Scopes.Infer)
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
        new("POST", "/v1/feedback", "sendFeedback", Tags.Predictions, "Says what a classification of one's own should have answered, once it is known. Later feedback takes the place of earlier.", Scopes.Infer)
        {
            Request = typeof(FeedbackRequest),
            RequestExample = """{"request_id":"review-4711","label":"positive"}""",
            ExampleNeeds = "After a classification with this x-request-id.",
            Response = typeof(FeedbackResponse),
            ResponseExample = """{"request_id":"review-4711","model":"sentiment","model_version":"1","correct":true}""",
            OtherStatuses = [404, 503],
        },
        new("POST", "/v1/embeddings", "createEmbeddings", Tags.Predictions, "Answers one vector for each text or list of token ids, as OpenAI's route does.", Scopes.Infer)
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
        new("POST", "/v1/sparse-embeddings", "createSparseEmbeddings", Tags.Predictions, "Answers a sparse vector for each text: weights over the model's vocabulary, as SPLADE makes them.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(SparseEmbeddingsRequest),
            RequestExample = """{"input":["A boat on the river."],"top_k":2}""",
            ExampleNeeds = NeedsSparseModel,
            Response = typeof(SparseEmbeddingsResponse),
            ResponseExample = """
                {"model":"splade","model_version":"1","results":[{"indices":[2314,4049],"values":[1.92,2.31]}],"usage":{"prompt_tokens":8,"total_tokens":8}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/multi-vector-embeddings", "createMultiVectorEmbeddings", Tags.Predictions, "Answers the vectors of each text's tokens, as ColBERT makes them of queries and of documents.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(MultiVectorRequest),
            RequestExample = """{"input":["A boat on the river."],"input_type":"document"}""",
            ExampleNeeds = NeedsLateInteraction,
            Response = typeof(MultiVectorResponse),
            ResponseExample = """
                {"model":"colbert","model_version":"1","results":[{"vectors":[[0.08,-0.11,0.02],[0.05,-0.14,0.07]]}],"usage":{"prompt_tokens":9,"total_tokens":9}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/rerank", "rerank", Tags.Predictions, "Scores documents by how well they answer a query, best first. Long documents are cut, the query never.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(RerankRequest),
            RequestExample = """{"query":"How do boats float?","documents":["Bread is baked.","Water carries what displaces its weight."],"top_n":1,"return_documents":true}""",
            ExampleNeeds = NeedsCrossEncoder,
            Response = typeof(RerankResponse),
            ResponseExample = """
                {"model":"reranker","model_version":"1","results":[{"index":1,"relevance_score":0.93,"document":{"text":"Water carries what displaces its weight."}}],
                "usage":{"prompt_tokens":31,"total_tokens":31}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/question-answer", "answerQuestions", Tags.Predictions, "Finds the parts of a context that answer a question, best first. Long contexts are read in windows, the question is never cut.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(QuestionAnswerRequest),
            RequestExample = """{"question":"What did she cross?","context":"In spring she crossed the river by boat.","top_k":1}""",
            ExampleNeeds = NeedsReader,
            Response = typeof(QuestionAnswerResponse),
            ResponseExample = """
                {"model":"reader","model_version":"1","results":[{"answers":[{"text":"the river","score":0.91,"start":22,"end":31}]}],"usage":{"prompt_tokens":17,"total_tokens":17}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/zero-shot-classify", "classifyZeroShot", Tags.Predictions, "Scores labels of the request's own for each text, best first. Long texts are cut, labels never.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(ZeroShotClassifyRequest),
            RequestExample = """{"input":"The ship left the harbour at dawn.","labels":["travel","cooking"],"hypothesis_template":"This text is about {}."}""",
            ExampleNeeds = NeedsJudge,
            Response = typeof(ZeroShotClassifyResponse),
            ResponseExample = """
                {"model":"nli","model_version":"1","results":[{"labels":[{"label":"travel","score":0.97},{"label":"cooking","score":0.03}]}],"usage":{"prompt_tokens":36,"total_tokens":36}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/token-classify", "tokenClassify", Tags.Predictions, "Finds the entities of texts, such as names and places. Texts beyond the model's maximum are read in windows that overlap.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(TokenClassifyRequest),
            RequestExample = """{"input":["Ada Lovelace lived in London."],"aggregation":"simple"}""",
            ExampleNeeds = "With a token classifier in the models folder; none comes with the platform.",
            Response = typeof(TokenClassifyResponse),
            ResponseExample = """
                {"model":"ner","model_version":"1","results":[{"entities":[{"label":"PER","score":0.9987,"text":"Ada Lovelace","start":0,"end":12},
                {"label":"LOC","score":0.9991,"text":"London","start":22,"end":28}]}],"usage":{"prompt_tokens":9,"total_tokens":9}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/fill-mask", "fillMask", Tags.Predictions, "Answers which tokens fit in place of a text's masks, best first.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(FillMaskRequest),
            RequestExample = """{"input":"The boat sails on the [MASK].","top_k":2}""",
            ExampleNeeds = "With a masked language model in the models folder; none comes with the platform.",
            Response = typeof(FillMaskResponse),
            ResponseExample = """
                {"model":"bert","model_version":"1","results":[{"candidates":[{"token":"sea","id":2712,"score":0.31,"sequence":"the boat sails on the sea."},
                {"token":"water","id":2300,"score":0.12,"sequence":"the boat sails on the water."}]}],"usage":{"prompt_tokens":10,"total_tokens":10}}
                """,
            OtherStatuses = [404],
        },
        new("POST", "/v1/tokenize", "tokenize", Tags.Tokens, "Answers the tokens that a model sees of a text or a pair.", Scopes.Infer)
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
        new("POST", "/v1/detokenize", "detokenize", Tags.Tokens, "Answers the text of token ids.", Scopes.Infer)
        {
            IsForwarded = true,
            Request = typeof(DetokenizeRequest),
            RequestExample = """{"model":"sentiment","ids":[2,268,455,5,3]}""",
            Response = typeof(DetokenizeResponse),
            ResponseExample = """{"text":"not bad!","model":"sentiment","model_version":"1"}""",
            OtherStatuses = [404],
        },
    ];
}
