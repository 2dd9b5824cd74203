"""Mutation testing of the domain: does a test notice when one small thing is changed?"""
