// Made by make-encrypted-files.py with pyarrow 26.0.1 and DuckDB 2.0.0.

/// Encrypted Parquet files small enough to cut at every byte, all of the same table.
struct EncryptedFile {
    let name: String
    /// What `DecryptionKeys(parsing:)` reads.
    let keys: String
    /// Columns that need no key of their own, joined by commas.
    let plaintextColumns: String
    let base64: String

    /// The same table with the layout of most of the files, and with page indexes, without encryption.
    static let twin = """
        UEFSMRUEFTAVLkwVBhUAEgAAGAQHAAkBPAgAAAAAAAAACQAAAAAAAAAVABUSFRYsFQQVEBUGFQYAAAkgAgAAAAQBAQMCFQAVFBUY
        LBUEFRAVBhUGAAAKJAIAAAAEAQIDCAAVABUaFRosFQQVABUGFQYAAAIAAAADAQMAAABhcGUVABUoFSgsFQQVABUGFQYAAAIAAAAE
        AQMAAABiZWUDAAAAYXBlFQAVHBUcLBUEFQAVBhUGAAACAAAABAEBAAAAAgAAABUAFRQVFCwVBBUAFQYVBgAAAgAAAAMCBAAAABUE
        FSAVJEwVBBUAEgAAEDwHAAAAAAAAAAgAAAAAAAAAFQAVEhUWLBUEFRAVBhUGAAAJIAIAAAAEAQEDAhUAFRoVGiwVBBUAFQYVBgAA
        AgAAAAMBAwAAAGNhdBUAFRwVHCwVBBUAFQYVBgAAAgAAAAQBBQAAAAYAAAAZIQICGSgIBwAAAAAAAAAIBwAAAAAAAAAZKAgIAAAA
        AAAAAAgJAAAAAAAAABUCGSYAAClGAAQABAAZIQICGSgDYXBlA2FwZRkoA2FwZQNiZWUVAhkmAgApRgICAAQAGSECAhkoBAEAAAAE
        BAAAABkoBAIAAAAEBAAAABUCGSYAAilGAAQCAgAZEQIZGAgHAAAAAAAAABkYCAgAAAAAAAAAFQIZFgApJgAEABkRAhkYA2NhdBkY
        A2NhdBUCGRYCKSYCAgAZEQIZGAQFAAAAGRgEBgAAABUCGRYAKSYABAAZLBZSFTgWAAAWigEVOhYEAAAZLBbEARU8FgAAFoACFUoW
        BAAZJgYMABksFsoCFT4WAAAWiAMVNhYEAAAZHBb+AxU4FgAAABkcFrYEFTwWAAAZFgYAGRwW8gQVPhYAAAAVBBlMNQAYBnNjaGVt
        YRUGABUEJQIYAWEAFQwlAhgBcyUATBwAAAAVAiUCGAFwABYMGSwZPCYAHBUEGTUABhAZGAFhFQIWCBa2ARa8ASZSJggcGAgJAAAA
        AAAAABgIBwAAAAAAAAAWACgICQAAAAAAAAAYCAcAAAAAAAAAEREAGSwVBBUAFQIAFQAVEBUEADwpBhkmAAgAABbsCBUkFrAFFXIA
        JgAcFQwZJQYAGRgBcxUAFggWhgEWhgEmxAE8NgIoA2JlZRgDYXBlEREAGRwVABUAFQQAPBYSGQYZJgIGAAAWkAkVLhaiBhVKACYA
        HBUCGSUGABkYAXAVABYIFnQWdCbKAjwYBAQAAAAYBAEAAAAWAigEBAAAABgEAQAAABERABkcFQAVABUEADwpBhkmAgYAABa+CRUm
        FuwGFVIAFrADFggmCBa2AwAZPCYAHBUEGTUABhAZGAFhFQIWBBZwFngm/gMmvgMcGAgIAAAAAAAAABgIBwAAAAAAAAAWACgICAAA
        AAAAAAAYCAcAAAAAAAAAEREAGSwVBBUAFQIAFQAVEBUCADwpBhkmAAQAABbkCRUWFr4HFUYAJgAcFQwZJQYAGRgBcxUAFgQWPBY8
        JrYEPDYCKANjYXQYA2NhdBERABkcFQAVABUCADwWBhkGGSYCAgAAFvoJFRwWhAgVMgAmABwVAhklBgAZGAFwFQAWBBY+Fj4m8gQ8
        GAQGAAAAGAQFAAAAFgAoBAYAAAAYBAUAAAAREQAZHBUAFQAVAgA8KQYZJgAEAAAWlgoVFha2CBU2ABbqARYEJr4DFvIBACggcGFy
        cXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZPBwAABwAABwAAACOAgAAUEFSMQ==
        """

    static let all = [
        EncryptedFile(
            name: "uniform, 128 bits",
            keys: "footer=30313233343536373839616263646566",
            plaintextColumns: "",
            base64: """
                UEFSRSoAAABcDGDNeVal1jMXCAApnycM4/rrRSAicHsWXGwaU3lR8Pue4P9+e73+McczAAAArUSTlXzXvfa5ESwhidsSzGg6t8p5
                bMb6qt5x0VoblDqZ6GH5K6xj9L1mJ666APJY5rODWwAAADaFQ3r431O107sdz+lw2jXXMbSs0NhalIa5ESfqMgVUtNBQLnXVoIMG
                tZDuicE0GewVyrykbpYcdYptvGO3sEOsglw6GJlTjL+Mc9UZZenJGOjOiq7CBVB4YS0nAAAARwVMlIEAhpiJAEuxJuikHP/ASBAU
                0BozQyRChtg/cWcgMmcMU+cQWwAAAPTylnfv/qxDsRbmDZmR8zlLiaiAndO5SgLCqtkB3SzBsViflLTQyrZg2SJnzglTozAS+Im9
                VpOiojrS8gmdffxMgDR/OML1YniqcunxbYXW127+tYSJa+xakycoAAAAyUuSK42bJXJKe9adhlC9KbMkWfAwFvF3+JPSFH5QG9Ih
                ZzD9d012QC8AAADuVyueQOBl9KGb8MFDgM1saI5pNAorEA/lqhhpQyVyIifahiulKX2T2ir2ebK/FSkAAABEPPgHIKdjUaZv/xb1
                1vUPF8ndOIC9xWvOF5Kl4L1zqqX0gUqpp63T/y8AAACiB/bNs3ho4nbJG4SPv7a4UMdmsLLvCoatJaL/qVL1+hGxtOqt7LhVN0/2
                kSMUuzAAAACdxch+NyduPmQtgrmfN2vYAfou30jA7xj62hm20pEvwTSG5fvmKzHslzpfi04YjHEvAAAAeLW57tZNReJdPXVmabSP
                U4F0egtyP7vKTyzNL3T+aqTbH5razhLzh29hU69653sqAAAAvvmAPkllIUFG6AKJpcnfBo/9chu2yfSAJ3ZGb7uzxYFth+TWTSLf
                vEYcLwAAAGhO1aUrA6n0T4bzbrT4M8OLQL1IbO+pi91Eaw6fKJKXDcj8suGqlJQtPX3rLQRBJgAAAJIMw67c0RGx8ImyI42YrqhE
                10GQyM5H/EUFITaxb2FexZC1VuCNKgAAAFT1LzNrZbft66Kd24j5NirbzDqPGJXhJGUtzdXmkhA3+pOyoJWCiI4yEC4AAAB7sJ42
                D3bhKWsmMFDn4YgEGmo0s6XN3tFD8gk5oyJulPXULsGx59tTI6AITNfrWwAAAIkiiG0elBUFc/cwXtVcUs+yOJ7WcJqfUa1pqAMM
                1G/fmgtyz2DlscykEjfROaglCRk+bp3w/1zGQSEtCOv1SPa59qwvertBgXruNyNgI8kMDo3dNUYSrU8Q+yInAAAANllsm20T8RHR
                iTBQPVj8O8YcQrLj9WmfJOV1yiuAmuMvyyfpl6/KLwAAALKrdGUNxg8WvWFA/AZ5N5ro7Q/btx7jZ2pAQNOzGX5bJmsknzcVVmx/
                mM7WYEfWKQAAAMpReldIdHZ55MMP5a1JGQubrWeA9+fS/BCX/cqg6MiMa7V6AjutrVBJLwAAAEnVDnbVV101PhXwoU3yfpTLhIwu
                qLLbL0L+yShCpY/b6uII5uv1dsQYWHizQWuPKgAAAN2s4qWzyR6SPjgAQowqU2zt+EHqJjMxNih35c+WlgMWl5xRdwzabzx/0Bwc
                KAjURFTL98UgnRIAAAA3AgAA1GN93N84CEmStsUj+oYD1xiJg7irg+iHLclsgCboCyuUzMG+dYZDk8uuCfVU+OI8to5Ws9T0Tn4C
                NF7Gkjxgrl4ttfKOZBr9NNo+sozoiW0y5madS9ZWWiNM9DR0qHocoUJSXqW024cZWqckcnXlkJ2PBs6kuReXbIWf96oSpnZ6ByZU
                0ZCB7sCNgy7ti43e6WAuSyshupsNGcDvSN3JSnTUC0oUMnzqozsmpY7araZkPmlt/GZ2JG1FoKqye8R04tY4YfO81xzy+7PPslg6
                VgFUgtz2MHeEsBDWhxNaxkk+//xA6r6V17D93zqKi61xfy3+foUclqaElGImOq//0oLBhDRQ1nlAXE3qfkOtTaPlkrlbi2OLX1zr
                /Hqp94w2OkZ2YqfNj2JBCp72Y25wKoVG0yvtDurTs/P0Q7wh5VNKccJzSVPxI95eaVGdO4lRmfwlS+VATDYak3cjIvTfMfzHaMYP
                5t97SJjO3MP/TfnCpwiHnt95fjUhyIMgzPXY+zyQD3FAo8l/eG8e7/eIgThnkChju3hKQcnZ/+okg+OEQWGjTMvujbH7ot1hvk6t
                KSc6Bh46UA79ZvdW1ZO+t/YSNMeUSaNsskOyllI3Qhv00smuLPJQJnkFAzl8fbgzVP7tHrqMd/bFuj9YgxYK1j0ay+b4mgPBViQa
                063gFAAg+efOjB32qIlaedutaJtW4HhqcKat33U91kI5ggjyh/aOdLoJXHumdmmkMy87XIWBfD+l3tKqSwIAAFBBUkU=
                """),
        EncryptedFile(
            name: "uniform, CTR, 192 bits, pages of version 2",
            keys: "footer=303132333435363738396162636465666768696a6b6c6d6e",
            plaintextColumns: "",
            base64: """
                UEFSRSoAAADl8jToed7GcsSiiSJLGx8dBh4dzqjTi0eN0y59LAeB4qwtecVkyXKZm3gjAAAAgjtJhSm5eAFe48FuhRGhZcqwbegB
                7YIRAlPGrwPZCR4qWglgAAAAkDC1JRwtZGMnkrlosAbF20b3crHhhq6vS6I+VFXVzxx5512kFjHFjwJRTuYF84qgpTL8kxYPzOHt
                tg81m5hRwT0f9LL3ynzjA/Xu6oHHpm3rJn6N/cXMpcpvz0ZPO/AEEQAAAMh5GqVv83Gml3BTynO7mi5jYAAAALLCzLiABHzeQql6
                Kgu2zs/12+bQisgZncA8q1tRfYIa9z4KstfnNWzbCmVPusskkc6tlP7s5URNykWo4p/uvTWA+a6W4uNA0z6BkuNnU4S1O6eJGiTI
                s/0Oq6vnc7SMcxIAAAB4zESJq5jHvuSve1m+lnl4mEg0AAAAUOzDiO6GV23OCSyI99cmmCaXPIsyRiB27+dFGkEJw/aN7aC7OkQh
                ljI5bTLXfZMUiYrPAhUAAAA8AykXg5wpWfE+w4YkWZ5X/F8kbUc0AAAAD2TQni+njjNH86AQeiOplCfE+Esr4OgUL5Kehow4jAEp
                rrTksWztxrxvOjARh86+w2G5RRwAAACY5dS4zYSvXFyql0kOsB8fVtyj9b67PvMaBRFANAAAAFmgEVAto9zaZaSmyIxxIJFwq40k
                rRSjJY0OD38it7hjGKexyUvKcKe3rLAaqQIkSLajKGwWAAAAaSG4wctFyzf437o+0nv3vliyxbj5FjQAAACu/0GWATsfY1mCK6+/
                8vwH/dUdoiy6D7igXW4SNHwXW6iL7YHJUUCSIfqjsGHeJisTJNbeEgAAAOp5G6ca5akpP9s2e8DJE/0kOioAAABe3irarOg4fq58
                Nlhr7AH87/ccDhVfyTnZIK5gH6woMyfRJfcrxJ5yw+YeAAAAuWK6JfAMB91O/Q9MOZ8J20Jhqv7SQ+0MncTXj7wwYAAAAGjNAVmx
                424ysniGwPfle6D3cEYOw0XHJxkM44/K/vqbdIGAbpSVcyjHYSPhOrxQd6tKxzGXQayEOd0rrgsFHogSvKthMM5lN7y36u3GDkWD
                HQMFEtdPrZ2A9q+F6jQChREAAACYRnMddsbKObdT53zuwEdFhDQAAABUOTanL6HkvL+cdWwodszCQnVfomU6tWWnBRIxc2gqKTLO
                kOvkuApNDVUmEdSv4FYcQ+YyFQAAAN7RZB1Hwxl9YPD6NKZqmCWHvgOe+TQAAAC0aKuLwa4/Enz7pjvJAKCXmJk8WNnCHN7GTS+/
                nxcSN/7L4S4wfWHFyuAbaeWKMX//H7zXFgAAAC8OZE1KiuR3o6WlBpAWp4OYSLIsRckcLCgICLXVKR+yqHsSAAAANwIAAH92S06Q
                PDFilPaUGdRmTQc7P2YJetQxZeYRVozVsb0Ir0pjEc+8n4ikEudxNkM/QWm+eX2f4P3edsQu76skXwW/40YhszVXTc+aNZxwrXMz
                kt8TV8AF7XIp4KbfvlISLlxe8RMeDqZxTvPvK1vpfRGJQYIRxbeii3smYDZQquG3+JdZwwyA+BRHdKlu4nIDMgdscHzCKmLtg3GG
                D4EmPBDcZhFjTmuPiiLNAmn1SGPROyh8Hn7DL4Eme+ZYbvSjt1FpOmx8JZtXV5WgJTGxzf1AY/HdVNPaFoQv3wmb6p4MVVj1f2Iw
                ztYni0ZF6REh0CLvlKYJsar+E5Kw+8iNhvnRlIkkwX0NhgsQnwhtmw6RipYmVoJXjbq6npotho1TrEv/RZwSueZJBKJ1nExjoWQo
                uiYVGw9sQJ04DjoRA+/O25m2ygbC3q19/I5STuqvrgsg3ajVt2u5rXVST5QvGV9/zol3X15xCXXkN48kKWQlGEm8c5wv49VW23iU
                2uxKZ8zxGUdq2MmSKwQSUcbCMoyE9/s6aEEKQ8QYMsTv75+7zvGM4rCJcWLhEj94hK7DJCrsctRsyY7Toyv2fvFpVX0jPyGYuz9u
                BnxgUR4uHqq+mqIaEjcHkXcCbl4SXwGLNxexDQGenQx84bPJz5F0blKKcSB9JiFNrlJ0qywh0GGSFETH0B1COqWq381K3qMaYUto
                SSreX2ls/DJ29bTJXKeEYH6qeVMN5eHCQ+kmY0fAF6xR5tTETksCAABQQVJF
                """),
        EncryptedFile(
            name: "uniform, 256 bits, stored AAD prefix",
            keys: "footer=303132333435363738396162636465666768696a6b6c6d6e6f70717273747576",
            plaintextColumns: "",
            base64: """
                UEFSRSoAAAA6Z+7quMz+ddqwDtO2o00h57IKsegK4081CVDQBRqQVR11WwtVZ5iDztYzAAAAKvEB7uOisvnnHjjL7HulxpmEZT4J
                FUXTHOImgbnOFn3L+8NeOxdORiSYh7gyfD+uF/saWwAAANeWuyuYNTWLwLPBcXZgnT5xrnbmUKm4ckGypEDyhqPV00ZyFKcKMOQg
                fe50NsJYyitThdut54KOq/P/Q7cU2CNMHohcJ5YkhhVFqzH/MPxYIrtd7E0nw0QLVf8nAAAATCth2/lONaOWLTFUXR4mehgjlkS7
                +PENS9fdku2g/TZLYdqTNMg1WwAAAArG5bW/v5fDWxjOm2KrLxXTD9gXViQBbYg2QtUmguWZpToHds6OXDCVhbBrUJ/am6114U5q
                F89v/fQIGyRqhtz0AALEa4JoR6m+V7oU3Sr3ziVS/5F+rvD/guIoAAAA4kkn3pcHWe5IFnpm6ZtuUbbsvGcvoAJwwxddRpJ6ZIBh
                FCJU+Ssrfy8AAAB472UgvzTrcDG5uecIY8SJKP6ON62xOnPm3EGM3v9WVFlweQ35A/+iITDL+26WMikAAACCj1VHxBP+mc52cwvh
                lZnWV59YGnAUOEuf7cudytjA1z5ZbnAIgciFAy8AAABBQg3AOF8Zp+XljkDoVbdBwQyiWELd+yzDNdRy3wzBWgqgxUZDIsqqJ8li
                v780ODAAAAD05JQCiwZ5SVTmHdrCSlv9LDbmGUp9qPv6qiXfjc/fh2oG03FPpvhqOjyfhhypD/wvAAAAyiCvLDpTV/NG+gMTpdfQ
                cCbDIV4PtsdfmDJziGJOuMb5/+EYYG9pffXxPklH2PcqAAAAP0CKIUu1uAkZO4+rwfRjrevBKlZhOrvMo94+XgRKK+HCRt65H6pN
                iUABLwAAAJAE2M3gMZ5LV1FikUDbJVQs0T3k4bcvrnWPuTTdk9+6QK4VOUDPKu7JpcslihBKJgAAABOZTNlPsrBgLftUyr47bnz3
                syqZutYMsr04ny0DbiJe0113HPyzKgAAALzEDg4FxfpyqvvfNSdG7w3tBndiv9KJB5pQE21XDWkkZfEMGB0BcKEuBy4AAAD/kMwb
                otfGaFJe9XgbnpdTqiYAQ2oKkXAweO08Ro3a5+RLzoRswXULRXvO/WB7WwAAACeea9CnDT4KOlecQc9mLvh1A9Jnh6gYTkwwFaML
                pBUQDvvwDsoOvcLz7T7SYjYKYYjQoaeYAFBXA79ubvykAQCmTEftRi+Lacg3HMJ9CZdNTwew98QDIBJTx0cnAAAAkUHrUigFsm95
                TV+nZKmovOBWdrpakpI3KEG1aW8p1g8FivFTxcanLwAAABnN2Pehnh+km2f31O9LaeUvVojELFXg7ZMaivj+HUo35d0+mOd99EqD
                cMHaal88KQAAADaZjhmMk/Hdsj0BImkc8jHGNpTIAmDuksiC3B2JESBg6ZqVqvLwY6fnLwAAAMHfsfbimLrJITx7v9KnK71V/IwX
                3iaUhkpHMLmPGLdGJDt8ZwSmpewionU9K5JPKgAAAHBtIX0QVRyyEpftQOj6YOf0xbV3IBC1GoG50tViNiQeXH5urEXi+QmJVBwc
                GAd0YWJsZS0xGAhV0theZkbdiRIAAAA3AgAA/CDc1hQ6zKpsL0uxcFt2G6mE9A4W7gf/qcZYJ5xR1Z8lIIwWTqE+kO2nOiE+FGA3
                lhZNbIJwrIPEUh6CAh00Gk1hlMDrF37DdcdLpKcGXy4qF06qQMgd4Wl6llfpYk62H8BaQUoi+jFeQbFyo6yX1u5mM5H3gmDU6lwH
                7SmcmXYJOfKflEmRdb2MKNA8VyzYpMnCdWtd9CoNuzzk0imcM6SyEQ2UI6xZjLbm0G+hS7Rrh4G0F1CjYfcMRe/hyXMe8GvYjd3n
                jFaIiPAKRPYnCK2zM72SpLCLUM6ZUKUVFZlZmHfCIWKFjXYzrV+ofWvEWBLzXIZKHLfn6HqQZjBBgFG4VxSPcK7MpoSTku9MqbeS
                dXi8gOdXQQXQBJgpPesJrq2NLmdjF7tcz9IgH05TpbruyicWjTLfvLf4mWjQdzNsNLvNVZ+cA72LgRW0RWbs37fhvP3HvxqokpsU
                aJdfmq1q4I4Rb3aiC63HVOl4n3ZOzIV2c4vKITbAPitYnUGBFSvErNK3iRoM+mAiIstzqRNqwdB/Q5lYieUnJvmcpVRFGGIjfg+9
                D9TuFN3Qn3pKF6jma3zXw1vkyNXRDz8N1JW5hIU4U9HTWC1m5pClo2qTlYqttrpx3bEQCUOwwe0sbffyhdb3G7g94XOQY9ILOjlD
                WNe/cG3CIniy1rRp9SrCCfrQMnEBFplPtVzcvBUvZLmAhHyaH/NzkufuHK5zzY//VWZR+7VO2N/6u0V3eAGh4Z5QY/cZVAIAAFBB
                UkU=
                """),
        EncryptedFile(
            name: "uniform, AAD prefix not stored",
            keys: "footer=30313233343536373839616263646566,"
                + "aad_prefix=table-1",
            plaintextColumns: "",
            base64: """
                UEFSRSoAAAAEaX3YkQNUupjhCFbVHYDvlZ08wg2v0mi37IrbAyTfB6gPzhQTuRgBFKkzAAAArjnVw3O/nk6TIlqzxE0aB8/Ksq/8
                OM6RluB134P4Opl8gGXFZ4m43RtIVaUDfsce3cKDWwAAAB/Ip/6eSINRe4oap2S+J79BqXtB3ZruKi/cAf7ZXEfolEPx1Mopg29W
                GdVyWTJwR4+bRqLMhSbCPp8AMA8PhhJcFXs2nOVd7/uw+9FPgB6+y8MR8RFp5nN0xIgnAAAAWgjt5uBc1Y/Qw5IKl3nSvDqTg923
                IBcmUBA3V9hv7URLsqocftqqWwAAAK1nPTwz2B0CkQUL/WyycQ44Hxadw47NEfNRDMArbYhGm2tUEKuz8JeF7WA0CI0DUWHsY5xK
                cf/GTivA3Z7gXX0SURhxxFsoRqgD/CJmpoJ94ggAQo1CPdNHSf0oAAAAJax1K7382Jh46yJqdloaC2hH6LWKcsUB/nlGEHVHF77p
                wMrKTI9z0S8AAACLbJedAXlmlvGjy+/I6u4Z/tVPPox8BZd/8u4LWtuI1GmuVXjq/RKvK3J0Kex/kykAAADIYnEZAigFF2z2b+Ys
                Q9lblE/SCDOoSsBHfm2obJgajKatgZ3Z6rubMS8AAACtklB5juoPpwcnvuUEudT1N4grnhBW1pmT1fZdB5q0l5OKjnr8ykByGMKc
                LRQ5mzAAAADpGYNEkGnwJ41Jgz8M+JWrJrEf9xCnh45kgCDpx12b6CUyEFeFYPEUrLxRAS3zFSkvAAAAu48Q9Q+HPd1yYvhsEhKh
                ISIHK3llzzUgoFr/8JMpUHE8DDYRYfvJcwWw/913EvIqAAAAGSmVcJoYCs+ult+x1eGwVgdK1LU74gh/d7tQP/+YkmUdMpcvYMQ+
                b0k9LwAAANaJKKUzWz/o5RO0mA/SKo+/Siz/0OvigZJIQ3MiPAY6FKta48I4wluFZ7w/DWryJgAAAF4TnMR3wKWa44jhlCeVFoS4
                bY3yrBnyE60lvaWFl2nDPDAaH0cSKgAAAKPQg4JdBLDQJVtbd8UZ86yjXVVlcvhuLUi7Xv7xT5FQKj+w24auTR878y4AAAB0c6i7
                fbQBK1onDK6eFg1tZFT3dWoHyI9ZuL/XLzNmpgcUsrm0IHhCKRHHsnioWwAAAErHVXgjyGb3Ue7d6pyvgKcGlsTVWUPsdNTdzcwN
                +HBhgSeD8+B4A1mTe4fjPnHk/HGFdUx11zQbxxhy+974rvBccOco23HSkILgQGF+saBV6Sm3XRS52ywglMwnAAAA+UyK+lX0aE7y
                +1M/A1ZP3P7BzAlJsz40yhkqvpS6DfxJuDJqI7NILwAAAGAU7JNV8iQMs7OLBFMbCgxwXz7/nH0DW+L9e6tfVedF5KSRdjNitrX6
                cMmlia7rKQAAAHo2Y7GIEA/3gxgHEcG5+6e9B/CKpP5UvY74MJfDO5NhefN9+3r8fveXLwAAACWRORq+Ba+nTB2Br5MBmFqUHmlT
                AbSzZQI6evdzS8PXqi6oaVwIhA01Ll4QTW5EKgAAACVSSqskm1s2vay35lAGbiNVzB16OJqG9ZBcKefv7j8qxw5YjVoLp1yDchwc
                KAiGBi7wEOVbyxEAAAA3AgAAJ/IzEniOFQPJRv9zYXeA2Tb1Sq4Wr/iblH/Z0w+39hiyduggmn41hAsFzqmn2LoDhysL58UhnknE
                WsxHEL/5YxkXKo1tu5Sq45/+iX+DEPSm2jbTOtUnogFZnAci/se52vdxQF67YoHvcazHFh++agYMH4/zNS0Co5+CaML4ZAFVbIUC
                QDfQ0M7Y6IPBTuZLZF9r9IMnJ4IJhBVaLzN8f0lJrGH2CLT/HrZ2qTTyagqYD9hPgG/2ZiCFhYFaj47CS0ggtchQZAC4Qfco39nn
                ZRB84jaU+0kLNiw5FvwYfX9NmDHrwqHZtpXkAPNm/6Lq65os5nO2qBIh5cfUjhi3I9ljtGCt9IVSgWKBbAsjF+pUvJ6th5r6ZRzn
                akYZum3d9V3ylJAZ763XRX4mS8K61ahmPg1H21xFlr0g/1bDzi/u7mjTRQhEyHixz+USG+r8itp/3irCJ1LShieJaFNkcB06AF6X
                QYlzjccOo4BPhISuCCePdBocmURKKQRGOlf46fwFpJrdNYkzLlR+AUacMhxVCa3Ue3j3GKouvLnPEf3pYIKlxq8eCl3xkbdZevbl
                8mQRx2kA4OK+wesh4XdsFlmHYy+9JSKqP17IFzsg8Flz7xAyu3WvT4sC+A0vlSv1dIELopBAxY6SlkLhoJnQNNXTmy0XcNY7uiFL
                A3pi9ju6Qks+HIJgrKIXH00ful85iu6xyNrzhGeAzy1X8hOhpiyY9r4R7YrxyloZWjVFTCWpntlv8jxOSwIAAFBBUkU=
                """),
        EncryptedFile(
            name: "plaintext footer, 256 bits, checksums",
            keys: "footer=303132333435363738396162636465666768696a6b6c6d6e6f70717273747576",
            plaintextColumns: "",
            base64: """
                UEFSMTAAAACPidcljWpD6+AlIPsB2RWFMqFVVwzgjW5XgodeoJA9QTW20nly4BiKGPzq1E0QM6szAAAA5g/WozjlYoY6zXqpxYq6
                QY3NWiK6Mn9X+GB8zyQ95rh4BPxhm6xVrzXbsij3elxvs0Y8YQAAAIVdCUyldwmOMaSVXMlJ8gyIH6CFHTZGX74E/KMbJVHonqLp
                FaXB4w9H8pPuM1BARb91C9iya/1+BtQ+/rwuf5w7UlExuCFVzr1E3i/eUFQevQDvgBv0xh+HnPSVNaAJXzsnAAAAmIHW58EeFYXa
                gnMoedk6S0DwkFfhO9oFBCPzSgW+o8iR2H18K/hKYQAAAO7venJtQOoDT+pZnCx8sDYBE4rv6eaFaJr7xmhrYW5qhi0xqtGQLWQw
                ogAfjLBRddCWHOFgtiJimQC5kQ4B7f+0EflNHZvz9vr5Oor9F5StLoH6yU1hG1+lrESrXmcm1/koAAAAkFwv0ZClN8ArIcLJ24sT
                3/OtCjDaRTrtFgvnnZtLugy9RMeocBrX9TUAAACQn+OFCdRdLHfm9TAM+5xml8cKaR0OUmfFFCDXleashoaants1AtKXdVVo7rkf
                CJ6WTM6jYCkAAAB63BWFkHL6xr7LocUMLwjps3O8NN+xXDx4IzPHq7xoJ8pOUAAtVs1EXjUAAAB5TcLZTrha2I5ehUndTsByVX4s
                OTiDQPXKyJKrO4Omn/afC45i6XKoAGJhUDqSv1IW7P5hEjAAAACeiRFxoi++5QD6qCiNTQ9QxDLG3dNvnFNAgUTS4cWbpnCu573Q
                M6Rcx6xGciqc0Eo1AAAA0XxAPMfKqLqTvp/TCFMQpVxu9+5AQIaLhu2U5/tp31RQivlvAwtg6zjrwadn2ueD8cfAlogqAAAAwQN5
                qd4L+grjSk8vC2dQR2yaBoDfYoOd2Ovza9wTeP+RH6ZUFzZaKxnZNQAAAOtFy05u5zbZIxxx7S/pD8ybg/ITDsY4GCCmmOV2uwKH
                cRvy6rsX/QE8Vl3H9dmUXJV3VoyIJgAAAEByNhNTM7NHrvwSUecgYOQQq/vP1o4WiEL0vB3F50LkpfAff7TyMAAAALWEpowEaowB
                UPk81BSzD7N47zUn/f470unSPNs7VGGZ6lYRmkgBZVyrEvHRoG2hVy4AAAB06eZF9GIzO2Kt6B3NXvFpi2oZzM5nmghotTPQAhtT
                fB1CgMaWJWXaSUxBMmJTYQAAAKfHywhLCRERtkJsnAVkgydclUWxYM1YHCwhUSjnqonoAWAsNde1aaALQoXy0Nb9jXt4WFbWsuyn
                SvFOpcz2LB5ws3zNpzL1PPePeDWwAGAVvuYa6MNJFTqpiRLaXOtxGP0nAAAA5Xoc6iWkByh1SLfmM0MTYSmYqCKD6YKRHpnvXshe
                nY9LDtSD+Q0PNQAAAFziiGlR4pfRKy1Mprg9Cz4YmyMuhPgEYb+VMR2freEqmLLNY2b+bND8K3Jk+EvfPvtv6x4vKQAAAG4UKJGZ
                qJvab4TqkbsFTcx38JHwAnwsNskwt3Ps/w42j71asCeihqVYNQAAAL+gUfIyqPg7qez8BNiWFndiQ7imjvFOJURaBrES4SVLExZj
                UVvqPE29KrikQqk7s41Xq2s2KgAAAPBWVzj0w4fkgpzUuTpto+Xv7p16lu+zDP+78Gi2yCLjTHZkJJ6SkkB3fBUEGUw1ABgGc2No
                ZW1hFQYAFQQlAhgBYQAVDCUCGAFzJQBMHAAAABUCJQIYAXAAFgwZLBk8JgAcFQQZNQAGEBkYAWEVAhYIFtIEFpgGJt4BJghcKQYZ
                JgAIAABcHAAAGIEBfQAAAIU3v5tgqTTUYzgJQ0NsGo6fF/4vP8y6xHe3IWxvDESfcMgwd0Jk8DDDoQSdzhHUkuWlZrX5RP2kgJY3
                6oSQ85ofWRjUl5TIhlRHNcP3UNxDGSku/AWuVzjK+K8pLRnSFaGemllKkjVhmSyaLecp7hwAIY78mizqjyKuVPYkACYAHBUMGSUG
                ABkYAXMVABYIFqYCFqYDJqAGfBYSGQYZJgIGAABcHAAAGEtHAAAAWCMEkOgSbGPOHknGjoNx3YIm5sld/aO7gYWayRtZppqt8KKA
                jo5FCMRiBKSvUZkkIfOpTNsLekM9059kSfyPto6DfpstTnYAJgAcFQIZJQYAGRgBcBUAFggWlAIWlAMmxgl8KQYZJgIGAABcHAAA
                GElFAAAAWvnmDxJEUdiaCRHsyS89SoD26mJzJWyagdjqqSLrBDq2MgJULu7rFz2eLAj0BC6PBaT3j5SyTHML7ZjCGP5xQkjJGE7S
                ABaMCRYIJggW0gwUAAAZPCYAHBUEGTUABhAZGAFhFQIWBBbkAhbsAyamDibaDFwpBhkmAAQAAFwcAAAYggF+AAAA+PVIJyFojebr
                u78GcrcrobXRbspif8jt5i4PSiNMgW0mKziBliwTgZDIYBpmhqs1TMw/6zsYS2avsXq5lTAaC4Gudqguf1fDauMMb7Kpu2ise/QD
                GOOXtL3U/ierxMTZtMKcG8X4opAxliiap4Vp5lNjnMWsnM0ts0tmFvlrACYAHBUMGSUGABkYAXMVABYEFowBFswBJsYQfBYGGQYZ
                JgICAABcHAAAGEtHAAAAOoTRSrIiry1gYDnjPVkTIMqRzfEtHnd/GudiNVGBENK+Ne9U7XFnsJhhi33yRmXTD4eAbA0Sn7uIEOb4
                Wm8e0Kt9pSy+Qx4AJgAcFQIZJQYAGRgBcBUAFgQWjgEWzgEmkhJ8KQYZJgAEAABcHAAAGElFAAAAAsy4Gfldfn8JUQBxNHLhU7xU
                sa0FJjubFYaKQ18BZ9WwTaWjNvcE8rE7ASE5VMccg8eKX4uHaTCggw+wn3eP85IUy93BABb+BBYEJtoMFoYHFAIAKCBwYXJxdWV0
                LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRk8HAAAHAAAHAAAHBwoCGU4fVvE5bz4EgAAAKbfkVZIkr7keARGCyWyx3qjUS8m03N6
                oIcXu6zfAwAAUEFSMQ==
                """),
        EncryptedFile(
            name: "column keys",
            keys: "footer=7db10cf05518a8a3c7e78f318d636bfc,"
                + "a=40e0520e39ca1396ae26109f7c24c335,"
                + "s=a31da42fbb40ca968a7e5a97dd90a7ac",
            plaintextColumns: "p",
            base64: """
                UEFSRSoAAADu/w44nM8RKTSzI41t4P1byf4SXt+SnLPLGijTAoBUXr+FhXNADTFRBoUzAAAAqZXg1lYI6ZogmR2X9wvrs3hC0GYu
                30fzm15UuzR11yst8t8mNBNMYitli1SZ6eZb6m7ZWwAAAI4DmqCsrLv96wgtpvKuwQ/LW4E+MCCqDmiTaIqOafFJ/e4muH3lYc1y
                Qh3YrQqN5iaIXCIC2CF5weuwayJYDwaALwApOsoXnhBItzbO32lGawmRPCAexsWbfNMnAAAAEmOEHgDxGeVbT9g7/YESEoWYFNOT
                YYZwK13lFnA63bhWiegE5H5BWwAAACnuS7KyKzE/V6n3cCqbddPH2BCBcNEgsauJXpFxAR/gud5CYYCNzk7Ac5Yx9tI8FXhGHUls
                kbKwfmdxslxBECYZp+b6Zkcfh2N5f7TA3z09rn2nQUW3AhXuokEoAAAAYBrBf+wEdDK0W25bMROboABLGkgw0cXh61llvdZ+3w3X
                YEKF6SZACS8AAAAWv00/e7QS3QJNaZ4Yoiw8I134/oGCTB8XUfpWghoUm8JKp9P4V9b3E41x3Mc4GykAAADa1LsHcN2vQgVdLZ9l
                ZCNXEcCxiNeAm4bVHkbEFu49m9EiSVy95yQyFy8AAABka7kxjd2kzqDDKzZVqKaVDIoDCpp/uytswQQSP6GAnf4AO6KJ/2MTsm8V
                f6uAoTAAAABjt5wx0OMAYfJ3VIIGpxq1ifp8HXD6oIsZE9/xhgl/1y2G5XUxE9EDILY4Xl5flMcVABUcFRwsFQQVABUGFQYcAAAA
                AgAAAAQBAQAAAAIAAAAVABUUFRQsFQQVABUGFQYcAAAAAgAAAAMCBAAAACoAAAAhpV88CuBUa2CrWK115R0vu6geAtTYBxMit/dG
                i+FcczM4D4if9IA6swAuAAAA3b2RGysH+uGDbzj5N1sIjQ9PDvVQvQ7UErcj61ihhcov4D8DDMcii9WZuHIYnVsAAACP52LJ8pCB
                iAmsLRI8ttgIE3Lq5bb87zXiS1kaYM/g9zxqyZdJp+tDVvWFylTUR96vci8nXitNpE3c9nyxVJPUV7UOC/RiUj3Rvzbhas6Epese
                k7HJyFYRsOkZJwAAAL5ENHBoej/jA3f3N2hsjKJ877PKwCuttiUo7//Q6wMNOfvHJRQVKi8AAACXEoA7EDRucNllpKrqgsmCn6GE
                llgFaOoIrt1vr7VuxVO4b9ku/dJaBW40v+ss9ykAAABDiaXLskOSJKxCRl3f2KXCiMVvUy12qJtIDxdNr0IBWdHthsb2xbWPXRUA
                FRwVHCwVBBUAFQYVBhwAAAACAAAABAEFAAAABgAAABwcKAjj7ZL7W+BiGBIAABjQAXsia2V5TWF0ZXJpYWxUeXBlIjoiUEtNVDEi
                LCJpbnRlcm5hbFN0b3JhZ2UiOnRydWUsImlzRm9vdGVyS2V5Ijp0cnVlLCJrbXNJbnN0YW5jZUlEIjoiREVGQVVMVCIsImttc0lu
                c3RhbmNlVVJMIjoiREVGQVVMVCIsIm1hc3RlcktleUlEIjoiZm9vdGVyIiwid3JhcHBlZERFSyI6ImZiRU04RlVZcUtQSDU0OHhq
                V05yL0E9PSIsImRvdWJsZVdyYXBwaW5nIjpmYWxzZX0AKQUAANbFO298giudR7LbeQCFDoTtCDALL5+Lgs2knhlyJROxvHgSLlgM
                qih2Y5O3TtoN0Q7bqYIEywZwZrFWIRrIRHq1BHTkhDCHQqdWk2EvKTknK9qI87YO1iUa7lPNoTg/bSzlvRca0CpKNb68RBQEs4bM
                VbkCgHubemY/R/lh4iI17DKYEicAqJo0Mc54lsOT/uz9WEy0EpHniLjdpZUkH+0AKMnbDNJJbHYy8edPBiRCd+xleuGAFFWqplBn
                m+hgXsUvsxNqV7Xme20w7J7wpnRvJD/bHlTj6BxtZOoBxEtvovbEAMRX2/IXECiZcoUYEvms63Z4mWczcdFPEvyMwyOfha3Ii70+
                uIzJ9oRMmp28Uf0xkgYru640DFR/AVzpcY6P5F9F1UDzQalCMqBMB/R0+S1fGd/7vpatWUuSlKHFVqnXWmg8ynxYLY5xeyva+8iv
                GwK/UGUG+H4g85nPo44+h7A0FFE3mu6TAUxD+kqpQjr1sAsN5IiNqD2wlCMlKO+KVCePvDTiy2zf1Atyc+IqHeH3sqvxT5WVDK6m
                aIJbsNyJhHzVh/y0J+3GpOR3CwV7lERFJUV75n6KjkRvr9ZM2K5gs3Uwro/HWH79pi852toh6RYVt3rPru0SJreFO+l0qScqLK1x
                bEUdWhCK/BQ+IW99t+06LRanX03f1qWUXJllJOitAKUk79qAMqCjBPRpndpFGp8pJXCdlTTo3nt5u8qdM5OZPTuVbpXu0PUALr4q
                z5haK1UFYlNTrdKKTKsYw+j65rrBEabcSGQnrkWLJx9RYRCqglREq8rxZV78JYaYA74db8dVrXMv5yq0trPTsFCp835AJStwVQkc
                CVppOd8P7OJL9wFphCg8fiwEjM+Z07I2WZlanTIhiLXXE1BLDneRiW1tCdKjUiOnqLWpQIljUt/4OiDkNQTnEZEyxpCK2Kn8iKtq
                1YkMs00F1ysKws3Dugvg1ICA44NG7jtCX+tOT7US+BKDJ2IlpV++mku/bCQBbp3w7Egp6RAMNkJP3VaQ0voS1Wp6dmS/Vzx6IO7W
                8o7DMhgNl0s00kpRuHeiOtm3pqC2VLmCAuLBA/4UVTwNAA3ebSqUKtt7F6w/mtfzKUEHJFvANPzohB9YIJIk96E9WII4Em78fJZk
                7I2n9dUShvvS6pQ/t5lbxOZKQNHHiy7qO82NfI1jkYTlq5YSBHHbAiKc6M9qnIaWi4SI8fSA9JHF2N8y5eZNb9aI7DxKSh19gghM
                znzf5H5Qjc54OsEaqY4fafE8NnO7U39j+3ZDmEwm8PiQl1e5Bx2KLvXan/eeszHKS3Z7h+1daWP5a2RLlnVuYpUWGMaoig187WqH
                VMv16QdCfRDiGjqH1cOA6lHHRoLyLT7IDE6X7sieg1jfYoCSpV8xhaB8ig4No71QyRrI8qIE5QgmlyQMRv3he6p9/s8N97Ps97Bm
                ImGzJIv8I9GOJF8Nqt1w1VLcv09xryVY33HFxhuhrQU8lp33rwqPM0zldC9UWZViWwWLt+U0JVdnlxQpZR4CJEUu3fqe6h5NRd1K
                Zlo/Jp24gxujP/DhYVZQA6LIJImGIMiADlGcA6pG6d8lRPinRk5GGkv/mfFEQq2QrctvqoqxugBgrmNjASfMBLoT8HfWFBZJukRa
                iA4kEY7pUZtVFd55IQaDKtflg48R0ipW3BFX2ePZYNhSv9uQozpENQrsfMBdsPnU7sEiEYl7HFNPTfB+1lUjYFxJ4aMlc3eyUJGA
                dtbNrhU3bssQBgAAUEFSRQ==
                """),
        EncryptedFile(
            name: "column keys, plaintext footer, CTR",
            keys: "footer=d482419b13a380f27cc2439037e8072f,"
                + "a=de5c7a750506a32474a5aa530cfd2879,"
                + "s=e48429cf30a891306e960be5233cf97a",
            plaintextColumns: "p",
            base64: """
                UEFSMSoAAAAvTFeLYZMKOSdkzbW+1nP5+8f51oj+GMWQ1QyndnzOhtHr7P/BMdDlNR4jAAAA1z3E1luKAJ+4pGjPs0bgjginwxC/
                G2cfi5tCuTbFcYAPFjdbAAAAgQCyT7rs7+/SWvuRWspVf/SWjxo2ZklrcFobSUP3NxfivXUzbBMC7wfmRd1KhQ80ZUddyWrfZtaO
                DbwTfS/irfLAe5ghfYWNgL1l8q4Jt61GCbA9Wsg2jf/l6hcAAADhrUHbIZoTMesoY2QPSmvic4LzokpyF1sAAAAV2FhZnAkZyPii
                XplI8WxipKrTj1YacQhqi2b5AnjTv1JoMNLJ5KzcdSrSTrtcK1d6deRYUA0x6A0VfVoYNAfVGYNIkdfBBiR/NNkyPx9mrk54M4f8
                37SENm+jGAAAAOQK32/dSI76naA09UiYJ6iLZu1k3UDxei8AAAC3ELAcNGvVOjev+5S3ZvIOjDGhDGg26D4XtzfrvcX49VQ5DfUT
                besvFLzk9koC4hkAAACHrhU3+5n5FAYMQRM5zFzlc9HpcGCOTBxvLwAAABdmQ0qRVdqRH4UdTfjeJNPGSSxbnQ9bhhwrSKV7xbGn
                8oGhzNLrS+gd6c8RrnZkIAAAAIVDmmYhtak+m5585fU4PBOmIa6fngBBLyToD9L0oeX3FQAVHBUcLBUEFQAVBhUGHAAAAAIAAAAE
                AQEAAAACAAAAFQAVFBUULBUEFQAVBhUGHAAAAAIAAAADAgQAAAAqAAAAAo65ABlLazA/lJinCXZnAcfOs/+jQSDYrJ3spVgRzK1o
                SNmZLIrcNjUSHgAAAJcD5wfTpMq2VQBQktMJcs3BjqKft8HYBSouVlyvbVsAAABlK3Aby3DPcA364XeHAFH7J/IM4iFUf8wjRLXO
                W3LaZWs+CUHMCsYVO8fUR3rFIRTE4zwy7N8RFJadvhj5FlNKyKaDgiyAxjOCJUKIP44Pgrr6fpSEbjj/9EH7FwAAAMYWN9Sb1EDY
                hzklawnv/tuGmjmD2f1+LwAAAI8Yx9J/5fjEdqY/A6PT2Fb+VyP2kC9+Sgiox/G4yQnSZpAsM8ynteu6yQEbbzcgGQAAALY6SweO
                Loa2Uxiv0dOs2pxPfwZa6OW8AygVABUcFRwsFQQVABUGFQYcAAAAAgAAAAQBBQAAAAYAAAAVBBlMNQAYBnNjaGVtYRUGABUEJQIY
                AWEAFQwlAhgBcyUATBwAAAAVAiUCGAFwABYMGSwZPCYAHBUEGTUABhAZGAFhFQIWCBauBBaUBSayASYIXCkGGSYACAAAXCwZGAFh
                GJcBeyJrZXlNYXRlcmlhbFR5cGUiOiJQS01UMSIsImludGVybmFsU3RvcmFnZSI6dHJ1ZSwiaXNGb290ZXJLZXkiOmZhbHNlLCJt
                YXN0ZXJLZXlJRCI6ImEiLCJ3cmFwcGVkREVLIjoiM2x4NmRRVUdveVIwcGFwVERQMG9lUT09IiwiZG91YmxlV3JhcHBpbmciOmZh
                bHNlfQAAGIEBfQAAALz1VL3ydDoZ0+l7+U1xEayM50T8gpDlrL3Orxj5UEZ9lW784EZK9znnDLzv9ipTJW5ZrU6T7YziLW1YOdmI
                4Njcu28l+5l06EgYGqg2izxtsGBlRroPtQJEW1VwFU7wMjqfr/x2Op6YxMoYReUfwiYVArCW/iN0CzpXhIHzACYAHBUMGSUGABkY
                AXMVABYIFo4CFs4CJpwFfBYSGQYZJgIGAABcLBkYAXMYlwF7ImtleU1hdGVyaWFsVHlwZSI6IlBLTVQxIiwiaW50ZXJuYWxTdG9y
                YWdlIjp0cnVlLCJpc0Zvb3RlcktleSI6ZmFsc2UsIm1hc3RlcktleUlEIjoicyIsIndyYXBwZWRERUsiOiI1SVFwenpDb2tUQnVs
                Z3ZsSXp6NWVnPT0iLCJkb3VibGVXcmFwcGluZyI6ZmFsc2V9AAAYS0cAAACV6epGxiV1MGj7ir/sGUGiN95M1qX6ltIw86diXEJp
                vo1RnfaWPOeV1tJVALlsG5B2zCrktR2y2SVX3lEC5NzPacqC4x+XxAAmABwVAhklBgAZGAFwFQAWCBZ8Fnwm6gdJHBUAFQAVBAA8
                KQYZJgIGAAAAFrgHFggmCBbeCBQAABk8JgAcFQQZNQAGEBkYAWEVAhYEFswCFpQDJoYKJuYIXCkGGSYABAAAXCwZGAFhGJcBeyJr
                ZXlNYXRlcmlhbFR5cGUiOiJQS01UMSIsImludGVybmFsU3RvcmFnZSI6dHJ1ZSwiaXNGb290ZXJLZXkiOmZhbHNlLCJtYXN0ZXJL
                ZXlJRCI6ImEiLCJ3cmFwcGVkREVLIjoiM2x4NmRRVUdveVIwcGFwVERQMG9lUT09IiwiZG91YmxlV3JhcHBpbmciOmZhbHNlfQAA
                GIIBfgAAAJlPQwmE/sn0MvleFm6zjGL5uBYVI0AW1ImGJGPonZPXq3zqfHEGFAbSoZ1kAhgzryqV/nRwr2zPGuUT0z46VVJiWuW7
                se80/oaRQdh/888UxStApqARqb8l8GvR9R33EEe/p9hCjYR4qfDX2GkAl148IYyj/9JLpQnvl2D2yAAmABwVDBklBgAZGAFzFQAW
                BBaAARagASb6C3wWBhkGGSYCAgAAXCwZGAFzGJcBeyJrZXlNYXRlcmlhbFR5cGUiOiJQS01UMSIsImludGVybmFsU3RvcmFnZSI6
                dHJ1ZSwiaXNGb290ZXJLZXkiOmZhbHNlLCJtYXN0ZXJLZXlJRCI6InMiLCJ3cmFwcGVkREVLIjoiNUlRcHp6Q29rVEJ1bGd2bEl6
                ejVlZz09IiwiZG91YmxlV3JhcHBpbmciOmZhbHNlfQAAGEtHAAAAoTjbVZh4smBvmGWd0G1Ylcv7t3nMxEklr143KDuDRrHEXfi5
                ppgGF4xiUagWBvPg0jO6r1m6kcjfyzg/AnPFBlOj1BQS6FUAJgAcFQIZJQYAGRgBcBUAFgQWQhZCJpoNSRwVABUAFQIAPCkGGSYA
                BAAAABaOBBYEJuYIFvYEFAIAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRk8HAAAHAAAHAAAHCwoCJoVdXEh8c9Y
                EgAAGNABeyJrZXlNYXRlcmlhbFR5cGUiOiJQS01UMSIsImludGVybmFsU3RvcmFnZSI6dHJ1ZSwiaXNGb290ZXJLZXkiOnRydWUs
                Imttc0luc3RhbmNlSUQiOiJERUZBVUxUIiwia21zSW5zdGFuY2VVUkwiOiJERUZBVUxUIiwibWFzdGVyS2V5SUQiOiJmb290ZXIi
                LCJ3cmFwcGVkREVLIjoiMUlKQm14T2pnUEo4d2tPUU4rZ0hMdz09IiwiZG91YmxlV3JhcHBpbmciOmZhbHNlfQCsF9mRPgzxbhoT
                DPB+/a1g32lR6E0O0+2nvNHvmgYAAFBBUjE=
                """),
        EncryptedFile(
            name: "column keys of 256 bits",
            keys: "footer=d3de9e09cf9ebad88987c31a9c837b7100253feaf6aee71682985d3bc4267ec2,"
                + "s=1acf9ea527a1f002ded2e108b9215933cd167afc0b090fee91709a1aac5d68f5",
            plaintextColumns: "a,p",
            base64: """
                UEFSRRUEFTAVLkwVBhUAEgAAGAQHAAkBPAgAAAAAAAAACQAAAAAAAAAVABUSFRYsFQQVEBUGFQYcGAgIAAAAAAAAABgIBwAAAAAA
                AAAWACgICAAAAAAAAAAYCAcAAAAAAAAAEREAAAAJIAIAAAAEAQEDAhUAFRQVGCwVBBUQFQYVBhwYCAkAAAAAAAAAGAgHAAAAAAAA
                ABYAKAgJAAAAAAAAABgIBwAAAAAAAAAREQAAAAokAgAAAAQBAgMIAC8AAADbwpnUCPr539fmuH+57BVODGr1/ogVK+1q78yk6hgR
                yirHHLSL5+5Nc/1t4iUVJCkAAAApsoQst4r7SQN7Y3+LNeHLCACql9CSxbD1qcBQspHptVrJ9zC1Z1dbJC8AAAD6ppQ6o0YzIlfp
                2jNSpucQg3vhnzmmMQ0KSHHQS6KmEHoA5kJWUWtQZ4I7oSjymjAAAADcBIyBFcuW1oJXcnPQW+UAvpaihxbG0Nj1cV0aVqaPLn4w
                B6JIVH7Ylv1fl8sCyYkVABUcFRwsFQQVABUGFQYcAAAAAgAAAAQBAQAAAAIAAAAVABUUFRQsFQQVABUGFQYcAAAAAgAAAAMCBAAA
                ABUEFSAVJEwVBBUAEgAAEDwHAAAAAAAAAAgAAAAAAAAAFQAVEhUWLBUEFRAVBhUGHBgICAAAAAAAAAAYCAcAAAAAAAAAFgAoCAgA
                AAAAAAAAGAgHAAAAAAAAABERAAAACSACAAAABAEBAwIvAAAA65p3RAE24+kINFAfBVt4WO6HdeDRCOVDeHozbWxER8+jDSADvqAJ
                SUF4ikKbBNIpAAAAxiOAzxQ/s4F9eXLqMUiwAsxEh7yo556r3AN7bfoO8pHSu525zKdPKYoVABUcFRwsFQQVABUGFQYcAAAAAgAA
                AAQBBQAAAAYAAAAcHCgIADJji285SUMSAAAY5AF7ImtleU1hdGVyaWFsVHlwZSI6IlBLTVQxIiwiaW50ZXJuYWxTdG9yYWdlIjp0
                cnVlLCJpc0Zvb3RlcktleSI6dHJ1ZSwia21zSW5zdGFuY2VJRCI6IkRFRkFVTFQiLCJrbXNJbnN0YW5jZVVSTCI6IkRFRkFVTFQi
                LCJtYXN0ZXJLZXlJRCI6ImZvb3RlciIsIndyYXBwZWRERUsiOiIwOTZlQ2MrZXV0aUpoOE1hbklON2NRQWxQK3IycnVjV2dwaGRP
                OFFtZnNJPSIsImRvdWJsZVdyYXBwaW5nIjpmYWxzZX0AyAMAAOHbmdqfMyIefEK0xthQ8SGGL7uzgmP0hv45pSp9laq+xV/wQhwx
                o+nja7qHCeFaZgn3JzWBScZBW4BDYepcnxlPAeQpJN56OcEFuoDYTryv/wRzVJajQFqsKEtfcvBgD7G2v+LhkUgTOCvwavd9dGn/
                CdEvHkDAlCAD+G+x2DsogmgAjCKstoLj6eLC5Y3Aotvf+51q/zG9/qGKM8wchgbh54hJgbhUguxO1UXBxolrMJyhErSWwOVaSbz8
                J1MJLDVn4a7EugKdsJCQ3HX6KixMYib6ApCvUM8XeOEepilHUcdtGIfTVlLZLLZqPlNPrlA1hw8HiiN1SMLgY5h3M8mZ15rnu+7A
                EuWOM+0tSlLWW+qJkD9JJ6yXstHxIcbTnEogelBmDhjEwGVAaQs4aCLTyJOdKefwbIEW2yF7mIFZYQ3ZH+R6lOIZkmsfd6agKL2r
                Vytpm9aaHKJElckxp6SltqMCXz+uA+swg8rfVWRKytJh7gIsQuNMX4NAHu5t0GH6FQ4CGmatSAVG0XuYy52TNCLAPmQgCW3o7dvW
                4jf6TU8I/jCe3WHVOTKw5rZxlF45z2EHSrdsH4EMwzeCMh2yGkx5NtkSmsbLmhKzqUyGuhaS4kKyfrcwm05eX0gcFiGwxkZFu8DH
                P0Zg/u06tKVHWudJDis4Af23vwSZJ6nb6gTMU+YYBRyGnooPkxUHcK9cCMN16HCfrV8B8hk/QQqHUbzMXI99B2kvDVw9mVMWItRa
                pTN6GLDurgWjGsqKzNcz3+ATKfCKXUssNU/GTde0M7ZojPgE3kKTtpdCKvD2uc2sUP4dGNR+hmgsrXoJSp6j4zJfHPLISY0L/jPW
                q2pMFc/QO1zbslNX3N4AsTRVex/Dd55/oEA8KLAYP/Q1J3jLBS2jsLet3P6SeMixaUZ6ajx4cmvdrbsaktXbgQDIKkNByUDMuXM4
                lRJiEnMJsnPvEy7r4n35x9UcMgQkiMZjzGBW9zsOSWnJNKJMTUlMyg+cpv+t1q5kOY8boDaAHyk0Dx6RVeOTrOof27SGlE9OUBFE
                8FMjEusPIVCSZWwfpQhmKKLb11XHeXHx3kfULJqedZHnJxsD2w0fnt+Y8S3vJ+Ct6p5wFOG8fhX9x5hKe1l8w10yXtSVjgQKZKy1
                fIufmR7VqJFmFd3QSeL7hImnju8iux1o5XBcKxHgE6xJOje0XEBQBlKiyc/wXV/PR6ZBHaC7g8BRwd/RhQLFLQV1OALIfAGmCwf/
                z582BSyDcEwnR9Kcanl6+0y8Yt1dgjQptgqdCBnFwwQAAFBBUkU=
                """),
        EncryptedFile(
            name: "page indexes",
            keys: "footer=30313233343536373839616263646566",
            plaintextColumns: "",
            base64: """
                UEFSRSoAAACMoMzHx7cRUYq2f79ml/M3l2sHGxrE8fmXCuijLdiBZGk2wcXbSQNSuqAzAAAAp3Z+4cZpoyRbQNs1+FiFRmZXInIG
                SwycjO/xFbHwF8gIOzGTsPYDb1z60c5zuhsbtmAbLQAAAKn26xrDQIuR/ATB6rpy4uEza+36rIgQYuxMeSq2Hum4FRtXGixpdxbA
                3eO4/ScAAACdn902xw7P4O+0Twwrwt+Yg3M/uGvmPXAEpZZ//ZMR8lMnO+6XrmotAAAAGM7IpPY7o6BG5Yt81Dp4zhBuf+BgU7MM
                o1N8U9X7TjQrinKYaTEzUJrz0jzSKAAAAEHXCmnIYdry3BZ+jw1WuVD6iUmAo58ZxJbbka1JwLhOgUMzyZ5AsaQtAAAAFS9olOax
                hhkcuB7TAGk3DMy0M0eoXG7OdmqAOnwPE7t3bmm7St4vrnGTtiYIKQAAAOZlrgSqRkhhnUM2+IfaFsbhpFMMyMGX+KYePXD20iQm
                YvEQ2I5DemU4LQAAAEUjeGyEiROXWsqWIfkSn/V0TxWt7ZMX9ix1D4bsg9TuOrxKHeKax0AeM2qnvjAAAAAQ8KCkboDdcg1w0HQ0
                pkAikUzuRC9n40K4gxnp0RNLvw3CA/s/HOiqoJbAjj4pZBUtAAAAj1PSfnLR5PgL8Tn4whKoOOzYyMmGFulHXvxQrR4O/018eEGV
                taj+IZ5N2Ji+KgAAAEaiwHGmFiAXq1lZ+9ag/6aNAPefyFxbV5LBbRXsBDHo8uoeApqtur04mS0AAACxlBFij9tb7PDcCvpJ+EhO
                0htno0mhk3ITGIqrV0zLzdSkm4FQJwjkKManmEwmAAAATNivZZ6ynTbk9dwww4/xuyRP9KzsrhpT2J/EKvgG2mrWOv74Uw8qAAAA
                13/3oETY0yiEKlASatVxkdoFGFGPb3p/wDO325q/My6ut+dkEbOXyc5dLgAAAE9x99Fo2Nx6hulfoTwv5+sOCh1rSgy5cEnQHvZx
                vb1uW6W0h5h1T1OWLOHQeCctAAAAoAKreoydkh7rPlzpd7tu+uoHeZuneBpzk3f67UXD5G/ors1qagwOzkwn0AxDJwAAANxS1Aor
                YZoUe2VGk7M2ki5ScBeBPBYwGL0WDImenpVjZ1P7AwtkbC0AAADVZw+56lLlns7A7y7jJHMWEizj7OBSuaG1iWlNQM3ReCPZvRMm
                QVp+oWBxvOkpAAAAafCGOX8bOJjcSf8/pg55ugOylQ2gcA0Xkum7wu++g22I8UCoLsTn1hMtAAAACLAWj8KcwShjLKnvJXuELJC+
                7m/XvPuh/xYN1PIcjVfCUmDRRzancLNon+jTKgAAAKDZaovTT3Jjm6m2VvOntX+yM157B0LfVlQp+wj2tx+8X44toWoQ2GuehVUA
                AAAnmjpqoifyYJ9StUY1n7yNA7iuUlLsp01MpsEm+hwurxIIIQn049jEwgDkFF0qU/OA9b/ZtgbC71tLdAmKPjntsTB8OJzSIgb+
                vFnp9bLmGQyHVtGqQQAAANfm6xsuJw7FjqoAYriQTH5/ky4rzZFC+ALNqsfO8VoAngm8eJRHOD1ta3b8dFvZz7J3afLQ577ds+24
                +7JCBsu1RQAAABP1IOKv3tAkIL57d8olCzR1/7uXT+upaxq3GS65ax5MqpfNwjM9nqZHWa3buhk8HALHz/cmEutZAqCnoA6t9V/B
                WH3pHT8AAACjGj9fI4y2Eh9WAWMLIEp24SUSohLZbgkfpVJ6KR1gdBfYBTeVHljsuTstSCr2xztLH72SjpRYG+COdhwo6Uw1AAAA
                1GBQqwEjmkVslLSJme2ZTb6A3iF84UlkP/iqBaKqCWhMEWWP9GmQuoP44KxE+pM5rrJWzMI3AAAAht64Ry5JzqBGSAR/plkMAcuy
                6jZ177mAg/gCQsLYpNEStDOytewiFaE9d3V9wGq2BnI72ob0vTEAAAA8xvxtDfeRJGLtbihp5lDOukHoHKfLvJtWWCbDBstBcqS4
                u2n7jKcIgot9+qF1coeeNQAAAB/3N+PiJGFhqaTqz2Ep1G7wXmlhcikzxNA1HK/S78ueSFGM73qj6JDEMOdm3PryNQSiDdUaMQAA
                AFW9oYwP9jUkO6ZT6gXSIaMDffeSp7qk6EpB8i/tDM92K6JJp55zPqRfKikM7KY6EQ0oAAAAT4TGBcXJlb0lS19CnnwKgs6Z3NLV
                OBO9wl5KXCYmUXEeD3f6XuBv0CsAAADHdoWlpC9BtyQmtjdXJyaLOGjQ8KlQv4bn4lXLmh5COxhUTnCdios4ca0qKAAAAIIE3cmm
                bG9gH2tN9ZnpH7p9QuHR5b56b6rPfyHLqYZDUy+Kjluw8NgcHCgIVlLLsk5SNB4SAAAA0QIAAGXKwAf/336EF1AhnahW8qeRWdoK
                +jzwUwQFvJFzchvJY76Emco1dBh+ERw6fH3bDyCylUNcbSlJVBbHiD9a9raztUK0ACvdUUO1azaLyIJzNNKNWToGpjPsu3HMeZf3
                U/BCSGdHF2cJfxC9G104fO1u62xYpWQuKlGwnqSkftrjVu4mU2yid6VgXmdaK7fTdke1lcqatCi1/ajtUMAoVmF6EzpH50xFNWkQ
                xlWKhbmSue11FTUwetV7pQp3QsxQl1Sn4+JANySmSEn3CiEigx8S6naZi+BGocIX7ACDLuNBdUWrAYTJhBGY18kuGGU7JkQcJhjC
                J7TtlOvATKuwJTi6WLePmvX0vluUOeH3yFfCkI78W2i3jMIJVOJ3iM1Sz3NOjdYm5FOAz7nMIH3PP8Q5oAjAkaKO2U2UW0znlrsx
                4b6zQAN7z/61/M+rJAq1qv1qLYCfeZTYYTMG7+E6OV2ibtIixBMY5nEmIz1Yga11aEjCjEWE6vUUGhUp5Ei+cyCiqdCh19tz4Ffg
                N40VBRIaUrOqKn+gNNtHbEM8NPpPnAz/HUW9y9BvcvbehTFlNh11nE2EKtpnZBwiValRtMnbmSSmW0faam4VtEolcQIklrleg6zQ
                JekbIfBkdfbBCOGMkhj9s0efYWP0r5t9xKEMFT/KSwsiScb0toCj0HJoVlitSOgtoKX/ypNuKdk/GTPY9Q+N+r4lQ53th2Oa6eTy
                z7tNwGL76tB03+7RsVq7ZBvLOcFSFK/U4IjVq0rHoNd6q76eExTW1pSVVqYOJooepVXPoo/ofUqv8zKbKSmd+Wz6HS7kbCvCMMp4
                j4tWhum8VbbCHRYaM65+P/8voGnqX7JOuPQnnUPn16DjB/PfszFldVTnq/IA6rHvWOmLcBANmvC3aCjFuztXnMMMo1E2tS72l3FL
                2TyY197qB2m/rLuglQzqnidp187kX9cojkvlAgAAUEFSRQ==
                """),
        EncryptedFile(
            name: "no file identity",
            keys: "footer=30313233343536373839616263646566",
            plaintextColumns: "",
            base64: """
                UEFSRS0AAADL1MvqqtflwLMjmCbONRgisDIqW+NhDayXKCo6pVkNa/f9xj+MILmpTUFqTKdSAAAADjvCtks+dYhBw7TYFrzLirFF
                LjSXxKgyx7Dr5B88cuq3PqNKQL14ubd6ifkeOgh0uLP7X5WlF2c0mfi7VneDGx1s6xGkFcWwd9IBPk+nMUtgLC8AAAAap4aKZN+0
                BIl/UE4S7ab602Kq2zQqsGQRdbiMGyG9LW0C21G1PjtXMD9hIx8gH10AAAAL1YrRuXFEiT5ISnoTrVgmE21iLdJ7PGWuRF0LZT3T
                OZZ/Fbbsxv/VlNRlprsJSgXQNunGc4lSWioGJxB5AoKkMz6kXwbIarXrO53D7+me0EuuA772tRf1y3LxJL8tAAAA2e2kYkPuxVJl
                dBjVkCVyiDMISHobuXbIBH6tjsoLNDRreRG14u7bcXBRDIFOVQAAABDGRa/4ngQHAZ/zQBjQGl7IvF3og46AIht4aTKrzCI2KGyt
                p0dK7VRgNdjgwDewH4puo7CNghPE08ntdPv+aQpikS3mcbNQ7jl7plCQjsdD0UPIwAYcHAAAAGwBAACz4q9ZuwOQBPADPyO0CPW8
                bmYj1VcQh8owIbdaOcgUe1xcfvWmxPrxAhs5tK9Ix9U/zkK87AfY+6KwYKd8FDUCJispP6FHJsMjK7JHRg3+PhSndG73AeXRkEpn
                fpnjWI6g2XesD6VhKFKhFbd79snHF5waN7pQJO4eooqG9WbrS05UgzZyt5gkMKZYlyf8qf1aROGvJWJJVWu6zk4wdaYHK9uWlsz5
                ZIXigKNX844oa8k75gh6PWEReRkUMihVRtFNpr1xgTbwwH0w9LIHeuOo6qKyhMBXLucOMBnIbxHcOzH2RcXGjNTnB03tUXKcUCeM
                TWIN1np6PmmzWWop+PluIVWoFIb5bp6/HZVYUnsJHAdkVjv8AksCc+ecWjGhY9EmSq5ZCwvT8RYGDJrhn7L06ayMph7TgMd2eG+i
                Kg5CJt7dp5EMQzm20KqRxjlW/V8Vtr+AriG7SGN18tFCW/df6IrarsZcVWpiXVPIdQEAAFBBUkU=
                """),
    ]
}
