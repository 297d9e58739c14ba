// Generated from contracts/energy-grid.clar by `npm run generate`; not edited by hand.

export const gridSourceSha256 = 'e225d44e01268693ebac9bcf4e5d26dd7b66fc47d6ffcaf6aa4c1f1a029c01e4';

export const gridFunctions = [
  {
    "name": "add-energy",
    "access": "public",
    "args": [
      {
        "name": "amount",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "add-funds",
    "access": "public",
    "args": [
      {
        "name": "amount",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "assign-meter",
    "access": "public",
    "args": [
      {
        "name": "prosumer",
        "type": "principal"
      },
      {
        "name": "meter",
        "type": "principal"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "buy-energy",
    "access": "public",
    "args": [
      {
        "name": "trade-id",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "buy-energy-for",
    "access": "public",
    "args": [
      {
        "name": "valid-until",
        "type": "uint128"
      },
      {
        "name": "buyers",
        "type": {
          "list": {
            "type": "principal",
            "length": 100
          }
        }
      },
      {
        "name": "trade-ids",
        "type": {
          "list": {
            "type": "uint128",
            "length": 100
          }
        }
      },
      {
        "name": "amounts",
        "type": {
          "list": {
            "type": "uint128",
            "length": 100
          }
        }
      },
      {
        "name": "max-prices",
        "type": {
          "list": {
            "type": "uint128",
            "length": 100
          }
        }
      }
    ],
    "output": {
      "response": {
        "ok": {
          "list": {
            "type": {
              "response": {
                "ok": "uint128",
                "error": "uint128"
              }
            },
            "length": 100
          }
        },
        "error": "uint128"
      }
    }
  },
  {
    "name": "buy-one-for",
    "access": "public",
    "args": [
      {
        "name": "buyer",
        "type": "principal"
      },
      {
        "name": "trade-id",
        "type": "uint128"
      },
      {
        "name": "amount",
        "type": "uint128"
      },
      {
        "name": "max-price",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "uint128",
        "error": "uint128"
      }
    }
  },
  {
    "name": "cancel-one-for",
    "access": "public",
    "args": [
      {
        "name": "seller",
        "type": "principal"
      },
      {
        "name": "trade-id",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "uint128",
        "error": "uint128"
      }
    }
  },
  {
    "name": "cancel-trade",
    "access": "public",
    "args": [
      {
        "name": "trade-id",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "cancel-trade-for",
    "access": "public",
    "args": [
      {
        "name": "valid-until",
        "type": "uint128"
      },
      {
        "name": "sellers",
        "type": {
          "list": {
            "type": "principal",
            "length": 100
          }
        }
      },
      {
        "name": "trade-ids",
        "type": {
          "list": {
            "type": "uint128",
            "length": 100
          }
        }
      }
    ],
    "output": {
      "response": {
        "ok": {
          "list": {
            "type": {
              "response": {
                "ok": "uint128",
                "error": "uint128"
              }
            },
            "length": 100
          }
        },
        "error": "uint128"
      }
    }
  },
  {
    "name": "consume-energy",
    "access": "public",
    "args": [
      {
        "name": "amount",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "delegate-trading",
    "access": "public",
    "args": [
      {
        "name": "operator",
        "type": "principal"
      },
      {
        "name": "spend-limit",
        "type": "uint128"
      },
      {
        "name": "energy-limit",
        "type": "uint128"
      },
      {
        "name": "max-buy-price",
        "type": "uint128"
      },
      {
        "name": "min-sell-price",
        "type": "uint128"
      },
      {
        "name": "expires-at",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "uint128",
        "error": "uint128"
      }
    }
  },
  {
    "name": "get-delegation",
    "access": "read_only",
    "args": [
      {
        "name": "pair",
        "type": {
          "tuple": [
            {
              "name": "operator",
              "type": "principal"
            },
            {
              "name": "prosumer",
              "type": "principal"
            }
          ]
        }
      }
    ],
    "output": {
      "optional": {
        "tuple": [
          {
            "name": "energy-left",
            "type": "uint128"
          },
          {
            "name": "expires-at",
            "type": "uint128"
          },
          {
            "name": "grant-id",
            "type": "uint128"
          },
          {
            "name": "max-buy-price",
            "type": "uint128"
          },
          {
            "name": "min-sell-price",
            "type": "uint128"
          },
          {
            "name": "spend-left",
            "type": "uint128"
          }
        ]
      }
    }
  },
  {
    "name": "get-delegations",
    "access": "read_only",
    "args": [
      {
        "name": "pairs",
        "type": {
          "list": {
            "type": {
              "tuple": [
                {
                  "name": "operator",
                  "type": "principal"
                },
                {
                  "name": "prosumer",
                  "type": "principal"
                }
              ]
            },
            "length": 50
          }
        }
      }
    ],
    "output": {
      "list": {
        "type": {
          "optional": {
            "tuple": [
              {
                "name": "energy-left",
                "type": "uint128"
              },
              {
                "name": "expires-at",
                "type": "uint128"
              },
              {
                "name": "grant-id",
                "type": "uint128"
              },
              {
                "name": "max-buy-price",
                "type": "uint128"
              },
              {
                "name": "min-sell-price",
                "type": "uint128"
              },
              {
                "name": "spend-left",
                "type": "uint128"
              }
            ]
          }
        },
        "length": 50
      }
    }
  },
  {
    "name": "get-energy-price",
    "access": "read_only",
    "args": [],
    "output": {
      "response": {
        "ok": "uint128",
        "error": "none"
      }
    }
  },
  {
    "name": "get-grid-balance",
    "access": "read_only",
    "args": [],
    "output": {
      "response": {
        "ok": "int128",
        "error": "none"
      }
    }
  },
  {
    "name": "get-market",
    "access": "read_only",
    "args": [],
    "output": {
      "tuple": [
        {
          "name": "digest",
          "type": {
            "buffer": {
              "length": 32
            }
          }
        },
        {
          "name": "energy-price",
          "type": "uint128"
        },
        {
          "name": "grid-balance",
          "type": "int128"
        },
        {
          "name": "height",
          "type": "uint128"
        },
        {
          "name": "last-trade-id",
          "type": "uint128"
        },
        {
          "name": "meters-required",
          "type": "bool"
        },
        {
          "name": "prosumers",
          "type": "uint128"
        },
        {
          "name": "sequence",
          "type": "uint128"
        },
        {
          "name": "total-funds",
          "type": "uint128"
        }
      ]
    }
  },
  {
    "name": "get-open-page",
    "access": "read_only",
    "args": [
      {
        "name": "page",
        "type": "uint128"
      }
    ],
    "output": "uint128"
  },
  {
    "name": "get-open-pages",
    "access": "read_only",
    "args": [
      {
        "name": "pages",
        "type": {
          "list": {
            "type": "uint128",
            "length": 90
          }
        }
      }
    ],
    "output": {
      "list": {
        "type": "uint128",
        "length": 90
      }
    }
  },
  {
    "name": "get-prosumer",
    "access": "read_only",
    "args": [
      {
        "name": "account",
        "type": "principal"
      }
    ],
    "output": {
      "optional": {
        "tuple": [
          {
            "name": "energy-balance",
            "type": "int128"
          },
          {
            "name": "escrowed",
            "type": "uint128"
          },
          {
            "name": "funds-balance",
            "type": "uint128"
          },
          {
            "name": "last-reading",
            "type": "uint128"
          },
          {
            "name": "meter",
            "type": {
              "optional": "principal"
            }
          },
          {
            "name": "open-trades",
            "type": "uint128"
          }
        ]
      }
    }
  },
  {
    "name": "get-prosumer-info",
    "access": "read_only",
    "args": [
      {
        "name": "account",
        "type": "principal"
      }
    ],
    "output": {
      "response": {
        "ok": {
          "tuple": [
            {
              "name": "energy-balance",
              "type": "int128"
            },
            {
              "name": "funds-balance",
              "type": "uint128"
            }
          ]
        },
        "error": "uint128"
      }
    }
  },
  {
    "name": "get-prosumers",
    "access": "read_only",
    "args": [
      {
        "name": "accounts",
        "type": {
          "list": {
            "type": "principal",
            "length": 50
          }
        }
      }
    ],
    "output": {
      "list": {
        "type": {
          "optional": {
            "tuple": [
              {
                "name": "energy-balance",
                "type": "int128"
              },
              {
                "name": "escrowed",
                "type": "uint128"
              },
              {
                "name": "funds-balance",
                "type": "uint128"
              },
              {
                "name": "last-reading",
                "type": "uint128"
              },
              {
                "name": "meter",
                "type": {
                  "optional": "principal"
                }
              },
              {
                "name": "open-trades",
                "type": "uint128"
              }
            ]
          }
        },
        "length": 50
      }
    }
  },
  {
    "name": "get-trade",
    "access": "read_only",
    "args": [
      {
        "name": "trade-id",
        "type": "uint128"
      }
    ],
    "output": {
      "optional": {
        "tuple": [
          {
            "name": "amount",
            "type": "uint128"
          },
          {
            "name": "buyer",
            "type": "principal"
          },
          {
            "name": "grant-id",
            "type": "uint128"
          },
          {
            "name": "lister",
            "type": "principal"
          },
          {
            "name": "open-until",
            "type": {
              "optional": "uint128"
            }
          },
          {
            "name": "price",
            "type": "uint128"
          },
          {
            "name": "seller",
            "type": "principal"
          },
          {
            "name": "status",
            "type": {
              "string-ascii": {
                "length": 9
              }
            }
          }
        ]
      }
    }
  },
  {
    "name": "get-trade-info",
    "access": "read_only",
    "args": [
      {
        "name": "trade-id",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": {
          "tuple": [
            {
              "name": "amount",
              "type": "uint128"
            },
            {
              "name": "buyer",
              "type": "principal"
            },
            {
              "name": "price",
              "type": "uint128"
            },
            {
              "name": "seller",
              "type": "principal"
            },
            {
              "name": "status",
              "type": {
                "string-ascii": {
                  "length": 9
                }
              }
            }
          ]
        },
        "error": "uint128"
      }
    }
  },
  {
    "name": "get-trades",
    "access": "read_only",
    "args": [
      {
        "name": "trade-ids",
        "type": {
          "list": {
            "type": "uint128",
            "length": 50
          }
        }
      }
    ],
    "output": {
      "list": {
        "type": {
          "optional": {
            "tuple": [
              {
                "name": "amount",
                "type": "uint128"
              },
              {
                "name": "buyer",
                "type": "principal"
              },
              {
                "name": "grant-id",
                "type": "uint128"
              },
              {
                "name": "lister",
                "type": "principal"
              },
              {
                "name": "open-until",
                "type": {
                  "optional": "uint128"
                }
              },
              {
                "name": "price",
                "type": "uint128"
              },
              {
                "name": "seller",
                "type": "principal"
              },
              {
                "name": "status",
                "type": {
                  "string-ascii": {
                    "length": 9
                  }
                }
              }
            ]
          }
        },
        "length": 50
      }
    }
  },
  {
    "name": "record-reading",
    "access": "public",
    "args": [
      {
        "name": "prosumer",
        "type": "principal"
      },
      {
        "name": "reading-id",
        "type": "uint128"
      },
      {
        "name": "produced",
        "type": "uint128"
      },
      {
        "name": "consumed",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "register-prosumer",
    "access": "public",
    "args": [],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "require-meters",
    "access": "public",
    "args": [
      {
        "name": "required",
        "type": "bool"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "revoke-delegation",
    "access": "public",
    "args": [
      {
        "name": "operator",
        "type": "principal"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "set-energy-price",
    "access": "public",
    "args": [
      {
        "name": "price",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  },
  {
    "name": "trade-energy",
    "access": "public",
    "args": [
      {
        "name": "amount",
        "type": "uint128"
      },
      {
        "name": "price",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "uint128",
        "error": "uint128"
      }
    }
  },
  {
    "name": "trade-energy-for",
    "access": "public",
    "args": [
      {
        "name": "valid-until",
        "type": "uint128"
      },
      {
        "name": "open-until",
        "type": "uint128"
      },
      {
        "name": "sellers",
        "type": {
          "list": {
            "type": "principal",
            "length": 100
          }
        }
      },
      {
        "name": "amounts",
        "type": {
          "list": {
            "type": "uint128",
            "length": 100
          }
        }
      },
      {
        "name": "prices",
        "type": {
          "list": {
            "type": "uint128",
            "length": 100
          }
        }
      }
    ],
    "output": {
      "response": {
        "ok": {
          "list": {
            "type": {
              "response": {
                "ok": "uint128",
                "error": "uint128"
              }
            },
            "length": 100
          }
        },
        "error": "uint128"
      }
    }
  },
  {
    "name": "trade-one-for",
    "access": "public",
    "args": [
      {
        "name": "seller",
        "type": "principal"
      },
      {
        "name": "amount",
        "type": "uint128"
      },
      {
        "name": "price",
        "type": "uint128"
      },
      {
        "name": "open-until",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "uint128",
        "error": "uint128"
      }
    }
  },
  {
    "name": "withdraw-funds",
    "access": "public",
    "args": [
      {
        "name": "amount",
        "type": "uint128"
      }
    ],
    "output": {
      "response": {
        "ok": "bool",
        "error": "uint128"
      }
    }
  }
] as const;
