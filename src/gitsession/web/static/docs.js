// The description of the API, from the document that the server makes of itself. Nothing is asked of anybody else.
SwaggerUIBundle({ url: "v1/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, syntaxHighlight: { activated: false } });
