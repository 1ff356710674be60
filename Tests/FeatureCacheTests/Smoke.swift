import Testing
import FeatureCache
