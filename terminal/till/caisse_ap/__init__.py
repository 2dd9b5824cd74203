"""Caisse-AP over TCP (Association du Paiement, versions 3.x): stored value as a tender of French tills."""
