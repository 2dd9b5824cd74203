"""The rules language: validate, evaluate (three-valued), effects, explain."""
