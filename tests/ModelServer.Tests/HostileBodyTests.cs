using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests;

public sealed class HostileBodyTests(SmallModels models, VectorModels vectors) : IClassFixture<SmallModels>, IClassFixture<VectorModels>
{
    /// <summary>For each route; more of the same by the variable HOSTILE_BODIES.</summary>
    private static readonly int Bodies = int.Parse(Environment.GetEnvironmentVariable("HOSTILE_BODIES") ?? "1500", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("/predict", """{"text":"good music","model":"tiny-multilabel","max_length":9}""", "text", "model", "max_length")]
    [InlineData("/v1/classify", """{"input":["good music",["a","b"]],"model":"tiny-multilabel","top_k":1,"truncate":true}""", "input", "model", "top_k", "truncate")]
    [InlineData("/v1/embeddings", """{"input":["good music","rain"],"model":"tiny-embedding","encoding_format":"base64","dimensions":3,"user":"a","prompt_name":"query","truncate":true}""",
        "input", "model", "encoding_format", "dimensions", "user", "prompt_name", "truncate")]
    [InlineData("/v1/rerank", """{"query":"good","documents":["rain",{"text":"sun"}],"model":"tiny-rerank","top_n":1,"return_documents":true,"truncate":false}""",
        "query", "documents", "model", "top_n", "return_documents", "truncate")]
    [InlineData("/v1/question-answer", """{"inputs":[{"question":"good","context":"the rain"}],"model":"tiny-answer","top_k":2,"max_answer_length":4,"handle_impossible_answer":true,"doc_stride":2}""",
        "inputs", "question", "context", "model", "top_k", "max_answer_length", "handle_impossible_answer", "align_to_words", "max_seq_length", "doc_stride")]
    [InlineData("/v1/zero-shot-classify", """{"input":["good","rain"],"labels":["sun","sea"],"model":"tiny-nli","hypothesis_template":"a {} .","multi_label":true,"truncate":true}""",
        "input", "labels", "model", "hypothesis_template", "multi_label", "truncate")]
    [InlineData("/v1/token-classify", """{"input":["good music","rain"],"model":"tiny-tokens","aggregation":"max","ignore_labels":["O"],"stride":3,"truncate":false}""",
        "input", "model", "aggregation", "ignore_labels", "stride", "truncate")]
    [InlineData("/v1/fill-mask", """{"input":["good [MASK]","TEXT [MASK] rain [MASK]"],"model":"tiny-mask","top_k":2,"targets":["rain","sun"],"truncate":true}""",
        "input", "model", "top_k", "targets", "truncate")]
    [InlineData("/v1/tokenize", """{"model":"tiny-tokenizer","text":"good music","text_pair":"rain","add_special_tokens":false}""", "model", "text", "text_pair", "add_special_tokens")]
    [InlineData("/v1/detokenize", """{"model":"tiny-tokenizer","ids":[1,2,3],"skip_special_tokens":false}""", "model", "ids", "skip_special_tokens")]
    [InlineData("/v1/generate", """{"text":"good","model":"tiny-decoder","max_length":2,"temperature":0,"top_p":0.5,"stop":"a"}""",
        "text", "model", "max_length", "temperature", "top_p", "top_k", "min_p", "seed", "stop", "logit_bias", "repetition_penalty", "min_tokens", "ignore_eos")]
    [InlineData("/v1/batch-generate", """{"requests":[{"text":"good","model":"tiny-decoder","max_length":1},{"text":1}],"batch_id":"a"}""", "requests", "batch_id")]
    [InlineData("/v1/completions", """{"prompt":["good","rain"],"model":"tiny-decoder","max_tokens":2,"n":1,"stream":false,"logprobs":1}""",
        "prompt", "model", "max_tokens", "temperature", "top_p", "n", "stream", "stream_options", "stop", "seed", "logprobs", "echo", "best_of", "suffix", "logit_bias", "user", "presence_penalty")]
    [InlineData("/v1/chat/completions", """{"messages":[{"role":"user","content":[{"type":"text","text":"good"}]}],"model":"tiny-decoder","max_tokens":2}""",
        "messages", "model", "max_tokens", "max_completion_tokens", "temperature", "n", "stream", "stop", "logprobs", "top_logprobs", "tools", "response_format", "modalities", "logit_bias")]
    public Task Route_HostileBodies_NeverFailTheServer(string route, string good, params string[] fields) => SendAsync(models.Host, route, good, fields);

    [Theory]
    [InlineData("/v1/sparse-embeddings", """{"input":["good music",[5,6]],"model":"splade","top_k":2,"min_value":0.1,"truncate":true}""", "input", "model", "top_k", "min_value", "prompt_name", "truncate")]
    [InlineData("/embed_sparse", """{"inputs":["good music"],"model":"splade","truncate":true,"truncation_direction":"left"}""", "inputs", "model", "truncate", "truncation_direction", "prompt_name")]
    [InlineData("/v1/multi-vector-embeddings", """{"input":["good music"],"input_type":"query","model":"colbert","encoding_format":"base64","truncate":false}""",
        "input", "input_type", "model", "encoding_format", "truncate")]
    [InlineData("/v1/rerank", """{"query":"good","documents":["rain",{"text":"sun"}],"model":"prompted","instruction":"a"}""", "query", "documents", "model", "instruction", "max_tokens_per_doc")]
    public Task RouteOfVectors_HostileBodies_NeverFailTheServer(string route, string good, params string[] fields) => SendAsync(vectors.Host, route, good, fields);

    private static async Task SendAsync(ModelServerHost host, string route, string good, string[] fields)
    {
        var client = await host.CreateReadyClientAsync();
        var bodies = new HostileBodies(seed: route.Length);
        for (var i = 0; i < Bodies; i++)
        {
            var body = bodies.Next(good, fields);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.PostAsync(route, content);

            var status = (int)response.StatusCode;
            if (status >= 500 || (status >= 400 && !await IsError(response, route)))
                Assert.Fail($"Body {i} is answered {status}: {System.Text.Encoding.UTF8.GetString(body)}");
        }

        using var afterwards = await client.PostAsync(route, new StringContent(good, System.Text.Encoding.UTF8, "application/json"));
        Assert.True(afterwards.IsSuccessStatusCode);
    }

    private static async Task<bool> IsError(HttpResponseMessage response, string route)
    {
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        if (route == "/predict") return body.TryGetProperty("detail", out _);
        // Of the routes of other servers it is a text.
        return body.TryGetProperty("error", out var error) && (error.ValueKind == JsonValueKind.String ? error : error.GetProperty("message")).GetString() is not "";
    }
}
