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
            "use_dualstack": {
              "type": "boolean", "default": false,
              "description": "Use AWS hosts that have an IPv6 address as well. Unset: as the environment or profile says. Not with endpoint.",
              "examples": [true]
            },
            "use_fips": {
              "type": "boolean", "default": false,
              "description": "Use AWS hosts with FIPS 140 cryptography. Unset: as the environment or profile says. Not with endpoint.",
              "examples": [true]
            },
            "no_sign_request": {
              "type": "boolean", "default": false,
              "description": "Send requests without credentials, for public buckets.",
              "examples": [true]
            },
            "request_payer": {
              "enum": ["", "requester"], "default": "",
              "description": "requester pays for requests and data where the bucket's owner does not.",
              "examples": ["requester"]
            },
            "sse_customer_key": {
              "type": "string", "default": "", "pattern": "^([A-Za-z0-9+/]{43}=?)?$",
              "description": "Key of objects encrypted with a customer's key (SSE-C): 32 bytes in base64. Sent over https only.",
              "examples": ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
            },
            "endpoint_ca_file": {
              "type": "string", "default": "",
              "description": "PEM file of the certificate authorities to trust for requests to S3, in place of the system's.",
              "examples": ["/etc/ssl/minio-ca.pem"]
            },
            "max_retries": {
              "type": "integer", "minimum": 0, "maximum": 100, "default": 10,
              "description": "Most times that a failed request is sent again while nothing of the answer arrives; throttled ones are for up to five minutes.",
              "examples": [3]
            },
            "memory_limit": {
              "type": ["integer", "string"], "minimum": 1048576, "maximum": 1099511627776,
              "pattern": "^[0-9]+ *([KMGkmg][Ii]?)?[Bb]?$", "default": "256 MiB",
              "description": "Most bytes of objects held in memory at once: a number, or a text with B, KB, MB, GB, KiB, MiB or GiB. One row group is read even where it alone is larger.",
              "examples": ["1 GiB", 536870912]
            }
          }
        }
        """#
}
