import Foundation
import TestSupport
import Testing

/// Cases of the same form as those of the directory, so that the tests over them always have some.
enum CredentialSample {
    /// The cases of this file, then those of the directory.
    static func cases() throws -> [JSON] {
        try JSONDecoder().decode([JSON].self, from: Data(text.utf8)) + Vectors.list("credentials.json", "cases")
    }

    private static let text = #"""
        [
        {"name": "variables count more than a role of the default profile",
         "config": "[default]\nrole_arn = R\nsource_profile = s\n[profile s]\naws_access_key_id = S\naws_secret_access_key = sS\n",
         "env": {"AWS_ACCESS_KEY_ID": "V", "AWS_SECRET_ACCESS_KEY": "sV", "AWS_SESSION_TOKEN": "tV"},
         "botocore": {"credentials": {"method": "env", "access_key": "V", "secret_key": "sV", "token": "tV"},
          "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a profile asked for by name counts more than variables",
         "credentials": "[named]\naws_access_key_id = N\naws_secret_access_key = sN\nregion = eu-west-3\n",
         "env": {"AWS_ACCESS_KEY_ID": "V", "AWS_SECRET_ACCESS_KEY": "sV"}, "profile": "named",
         "botocore": {"credentials": {"method": "shared-credentials-file", "access_key": "N", "secret_key": "sN",
          "token": null}, "region": "eu-west-3", "s3_endpoint": "https://s3.eu-west-3.amazonaws.com"}},
        {"name": "a token file of variables counts more than keys of a file",
         "credentials": "[default]\naws_access_key_id = D\naws_secret_access_key = sD\n",
         "env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/tmp/x", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"},
         "botocore": {"credentials": {"method": "assume-role-with-web-identity", "deferred": true},
          "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a row of two roles",
         "config": "[profile a]\nrole_arn = RA\nsource_profile = b\n[profile b]\nrole_arn = RB\ncredential_source = Environment\n",
         "env": {"AWS_ACCESS_KEY_ID": "V", "AWS_SECRET_ACCESS_KEY": "sV"}, "profile": "a",
         "botocore": {"credentials": {"method": "assume-role", "deferred": true},
          "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a sign-in with a section",
         "config": "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://x\n",
         "botocore": {"credentials": {"method": "sso", "deferred": true}, "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a sign-in whose section is not there",
         "config": "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n",
         "botocore": {"error": {"type": "InvalidConfigError"}, "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a program", "config": "[default]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"PA\",\"SecretAccessKey\":\"PS\"}'\n",
         "botocore": {"credentials": {"method": "custom-process", "access_key": "PA", "secret_key": "PS",
          "token": null}, "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a program that fails", "config": "[default]\ncredential_process = exit 7\n",
         "botocore": {"error": {"type": "CredentialRetrievalError"}, "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a container without an answer", "env": {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"},
         "botocore": {"error": {"type": "CredentialRetrievalError"}, "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a profile that does not exist", "env": {"AWS_PROFILE": "gone"},
         "botocore": {"error": {"type": "ProfileNotFound"}, "client_error": {"type": "ProfileNotFound"}}},
        {"name": "half of a pair", "config": "[default]\naws_access_key_id = A\n",
         "botocore": {"error": {"type": "PartialCredentialsError"}, "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a comment after a value, a token of the old name, keys in capitals",
         "credentials": "# c\n[default]\nAWS_ACCESS_KEY_ID = A\naws_secret_access_key = a#b=c #d\naws_security_token = t\n",
         "botocore": {"credentials": {"method": "shared-credentials-file", "access_key": "A",
          "secret_key": "a#b=c #d", "token": "t"}, "s3_endpoint": "https://s3.amazonaws.com"}},
        {"name": "a key written twice",
         "config": "[default]\naws_access_key_id = A\naws_access_key_id = B\naws_secret_access_key = S\n",
         "botocore": {"error": {"type": "ConfigParseError"}, "client_error": {"type": "ConfigParseError"}}},
        {"name": "text before a section", "config": "a = b\n[default]\n",
         "botocore": {"error": {"type": "ConfigParseError"}, "client_error": {"type": "ConfigParseError"}}},
        {"name": "an endpoint of a services section, a path style and hosts with IPv6",
         "config": "[default]\nservices = l\ns3 =\n  addressing_style = path\n[services l]\ns3 =\n  endpoint_url = http://dualstack:9\n",
         "env": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
         "botocore": {"credentials": null, "s3_endpoint": "http://dualstack:9", "addressing_style": "path"}},
        {"name": "nothing", "botocore": {"credentials": null, "s3_endpoint": "https://s3.amazonaws.com"}}
        ]
        """#
}
