extension SourceSpec {
    /// JSON Schema (draft 2020-12) of the spec, for `cloudquery validate-config`.
    public static let jsonSchema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Spec of the S3 source",
          "type": "object",
          "additionalProperties": false,
          "required": ["bucket"],
          "properties": {
            "bucket": {
              "type": "string", "minLength": 1,
              "description": "Name of the S3 bucket to read.",
              "examples": ["my-data-bucket"]
            },
            "region": {
              "type": "string", "default": "",
              "description": "Region of the bucket. Required unless AWS_REGION, AWS_DEFAULT_REGION or the profile names one.",
              "examples": ["us-east-1"]
            },
            "local_profile": {
              "type": "string", "default": "",
              "description": "Profile of the shared AWS configuration files whose credentials are used, before the environment's.",
              "examples": ["my-profile"]
            },
            "path_prefix": {
              "type": "string", "default": "",
              "description": "Only objects whose key starts with this are read.",
              "examples": ["data/2024/"]
            },
            "filetype": {
              "enum": ["", "parquet"], "default": "parquet",
              "description": "Format of the objects.",
              "examples": ["parquet"]
            },
            "rows_per_record": {
              "type": "integer", "minimum": 1, "maximum": 10000000, "default": 500,
              "description": "Most rows in one record batch.",
              "examples": [5000]
            },
            "concurrency": {
              "type": "integer", "minimum": -1000000, "maximum": 1000000, "default": 50,
              "description": "Most objects read at once; negative means that only memory bounds them.",
              "examples": [8]
            },
            "endpoint": {
              "type": "string", "default": "",
              "description": "URL of another S3 service.",
              "examples": ["http://127.0.0.1:9000"]
            },
            "path_style": {
              "type": "boolean", "default": false,
              "description": "Put the bucket into the path instead of the host name.",
              "examples": [true]
            },
            "decryption_keys": {
              "type": "object", "additionalProperties": false,
              "description": "Keys of encrypted files, in hexadecimal or Base64 of 16, 24 or 32 bytes; files that are not encrypted need none.",
              "examples": [{"footer": "${PARQUET_FOOTER_KEY}", "columns": {"payment.card": "${PARQUET_CARD_KEY}"}}],
              "properties": {
                "footer": {
                  "type": "string",
                  "description": "Key of the footer, and of the columns that have none of their own."
                },
                "columns": {
                  "type": "object", "additionalProperties": {"type": "string"},
                  "description": "Keys by the path of the column, with dots; a group's key is that of the columns below it."
                },
                "by_metadata": {
                  "type": "object", "additionalProperties": {"type": "string"},
                  "description": "Keys by the key metadata that the files store."
                },
                "aad_prefix": {
                  "type": "string",
                  "description": "AAD prefix of files that do not store it."
                }
              }
            }
          }
        }
        """#
}
